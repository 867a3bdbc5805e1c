import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

/** Each probe breaks one rule of the house on purpose: a rule that stays silent is a rule that does not exist. */

const floor = '@nx/enforce-module-boundaries';
const owner = '@typescript-eslint/no-restricted-imports';
const use = (module: string) => `import * as it from '${module}';\nexport const used = it;\n`;

const forbidden: [why: string, file: string, code: string, rule: string][] = [
  ['ground must not look up to a noun', 'libs/runtime/src/probe.ts', use('@vaultstream/store'), floor],
  ['contracts stands on nothing', 'libs/contracts/src/probe.ts', use('@vaultstream/runtime'), floor],
  ['nouns never import each other', 'libs/blobs/src/probe.ts', use('@vaultstream/store'), floor],
  ['a noun must not look up to a verb', 'libs/store/src/probe.ts', use('@vaultstream/capture'), floor],
  ['verbs never import each other', 'libs/capture/src/probe.ts', use('@vaultstream/delivery'), floor],
  [
    'a verb must not look up to an app',
    'libs/delivery/src/probe.ts',
    use('../../../apps/standalone/src/main.ts'),
    floor,
  ],
  ['libs/testing is for specs', 'libs/capture/src/probe.ts', use('@vaultstream/testing'), floor],
  ['no way round by a relative path', 'libs/tasks/src/probe.ts', use('../../store/src/index.ts'), floor],
  ['Prisma belongs to store', 'libs/capture/src/probe.ts', use('@prisma/client'), owner],
  ['pg belongs to store and tasks', 'libs/vault/src/probe.ts', use('pg'), owner],
  ['BullMQ belongs to tasks', 'libs/delivery/src/probe.ts', use('bullmq'), owner],
  ['ioredis belongs to tasks', 'libs/runtime/src/probe.ts', use('ioredis'), owner],
  ['the AWS SDK belongs to blobs', 'libs/vault/src/probe.ts', use('@aws-sdk/client-s3'), owner],
  ['sharp belongs to vault/worker', 'libs/vault/src/http/probe.ts', use('sharp'), owner],
  ['telegraf belongs to targets', 'libs/delivery/src/probe.ts', use('telegraf'), owner],
  ['no other HTTP client: undici', 'libs/platforms/src/probe.ts', use('undici'), owner],
  ['no other HTTP client: node:https', 'libs/targets/src/probe.ts', use('node:https'), owner],
  [
    'no other HTTP client: fetch',
    'libs/targets/src/probe.ts',
    `export const a = fetch('x');\n`,
    'no-restricted-globals',
  ],
  [
    'no other HTTP client: globalThis.fetch',
    'libs/vault/src/probe.ts',
    `export const a = globalThis.fetch;\n`,
    'no-restricted-properties',
  ],
  [
    'only env.ts reads the environment',
    'libs/store/src/probe.ts',
    `export const a = process.env;\n`,
    'no-restricted-properties',
  ],
  ['no console', 'libs/store/src/probe.ts', `console.log(1);\n`, 'no-console'],
];

const allowed: [why: string, file: string, code: string][] = [
  ['a verb stands on nouns', 'libs/capture/src/probe.ts', use('@vaultstream/store')],
  ['an app stands on verbs', 'apps/standalone/src/probe.ts', use('@vaultstream/capture')],
  ['runtime stands on contracts', 'libs/runtime/src/probe.ts', use('@vaultstream/contracts')],
  ['specs use libs/testing', 'libs/capture/src/probe.int-spec.ts', use('@vaultstream/testing')],
  ['store owns Prisma', 'libs/store/src/probe.ts', use('@prisma/client')],
  ['runtime/fetch owns undici', 'libs/runtime/src/fetch/probe.ts', use('undici')],
  ['a relative folder named http is no client', 'libs/contracts/src/probe.ts', use('./http/common.ts')],
];

describe('the rules of the house', () => {
  const probes = [...forbidden, ...allowed].map(([, file, code]) => ({ file, code }));
  const reports = JSON.parse(
    execFileSync(process.execPath, ['scripts/lint-probes.mjs'], { input: JSON.stringify(probes), encoding: 'utf8' }),
  ) as string[][];

  it.each(forbidden.map(([why, , , rule], index) => [why, rule, index] as const))(
    'refuse: %s (%s)',
    (_why, rule, index) => {
      expect(reports[index]).toContain(rule);
    },
  );

  it.each(allowed.map(([why], index) => [why, forbidden.length + index] as const))('allow: %s', (_why, index) => {
    expect(reports[index]).toEqual([]);
  });
});
