import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { parsedContentSchema } from '@vaultstream/contracts';
import type { ComplianceCheck } from './compliance.ts';
import { sharedUrl, type PlatformCase } from './compliance-cases.ts';
import { RecordedHttp, type Recording } from './fake-http.ts';
import { directReader } from './feed/direct-reader.ts';
import type { Platform } from './platform.ts';

/** A case in a file: what was shared, what the other side answered, what comes of it. Invented values. For specs only. */
export interface Fixture extends PlatformCase {
  about: string;
  /** The whole content but `raw_metadata`. */
  expected?: Record<string, unknown>;
  /** Or the name of the error. */
  error?: string;
}

/** Reads `fixtures/<name>.json`. The body of an answer may be written as JSON or as the text itself. */
export function readFixture(folder: URL, name: string): Fixture {
  const file = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Fixture;
  const answers = file.answers.map(({ body, ...rest }: Omit<Recording, 'body'> & { body?: unknown }) => ({
    ...rest,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }));
  return { ...file, answers };
}

/**
 * One check a file of the folder: the content is exactly the expected one, or the error is; every recorded answer was asked for, in this
 * order, and nothing else.
 * @param settings What the platform's schema makes its settings of.
 */
export function fixtureChecks(platform: Platform, folder: URL, settings: object = {}): ComplianceCheck[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => {
    const fixture = readFixture(folder, name.replace(/\.json$/, ''));
    return { name: `S19: ${fixture.about} (${name})`, run: () => assertFixture(platform, fixture, settings) };
  });
}

async function assertFixture(platform: Platform, fixture: Fixture, settings: object): Promise<void> {
  const canonical = platform.canonicalize(sharedUrl(platform, fixture.share));
  assert.ok(canonical, `not one of its own URLs: ${fixture.share}`);
  const http = new RecordedHttp(fixture.answers);
  const reading = platform.parse(
    { canonical, sourceUrl: fixture.share },
    {
      http,
      settings: platform.settings.parse(settings),
      signal: new AbortController().signal,
      log: { debug: () => undefined, warn: () => undefined },
      extract: () => Promise.reject(new Error('no page is read here')),
      readFeed: directReader.readFeed,
    },
  );
  if (fixture.error !== undefined) await assert.rejects(reading, { name: fixture.error });
  else {
    const { raw_metadata, ...content } = parsedContentSchema.parse(await reading);
    assert.deepEqual(JSON.parse(JSON.stringify(content)), fixture.expected);
    assert.ok(!JSON.stringify(raw_metadata).includes('polluted'));
  }
  assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  assert.deepEqual(
    http.asked,
    fixture.answers.map(({ url }) => url),
  );
}
