import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { fixtureChecks } from '../fixtures.ts';
import { bilibili } from './bilibili.platform.ts';

/** What every kind shows by a recording of its own. */
const cases = [
  'normal',
  'no-media',
  'deleted',
  'login-needed',
  'risk-control',
  'risk-control-412',
  'risk-control-voucher',
  'server-error',
  'timeout',
  'malformed',
  'hostile',
  'short-link',
];

describe.each(['video', 'article', 'opus', 'bangumi', 'live', 'space'])('bilibili reads: %s', (kind) => {
  const folder = new URL(`./${kind}/fixtures/`, import.meta.url);
  it.each(cases)('has a recording of the case "%s"', (name) => {
    expect(existsSync(new URL(`${name}.json`, folder))).toBe(true);
  });
  for (const { name, run } of fixtureChecks(bilibili, folder)) it(name, run);
});
