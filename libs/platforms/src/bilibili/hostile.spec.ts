import { describe, expect, it } from '@jest/globals';
import { isVaultError, parsedContentSchema } from '@vaultstream/contracts';
import fc from 'fast-check';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { readFixture } from '../fixtures.ts';
import type { PlatformHttp } from '../platform.ts';
import { identify } from '../registry.ts';
import { bilibili } from './bilibili.platform.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A copy with one value, wherever it is, replaced: `at` counts the values in the order of the document. */
function replaced(value: Json, at: { left: number }, by: Json): Json {
  if (at.left-- === 0) return by;
  if (Array.isArray(value)) return value.map((item) => replaced(item, at, by));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, at, by)]));
}

async function reading(share: string, http: PlatformHttp): Promise<void> {
  const log = { debug: () => undefined, warn: () => undefined };
  const extract = () => Promise.reject(new Error('Bilibili reads no pages'));
  const context = { http, settings: {}, signal: new AbortController().signal, log, extract, readFeed: extract };
  try {
    const content = await bilibili.parse({ canonical: identify(share), sourceUrl: share }, context);
    expect(parsedContentSchema.safeParse(content)).toMatchObject({ success: true });
    expect(JSON.stringify(content)).not.toContain('\\u0000');
  } catch (error) {
    if (!isVaultError(error)) throw error;
  }
}

const cases = [
  ['video', 'normal'],
  ['article', 'normal'],
  ['article', 'ops'],
  ['opus', 'normal'],
  ['opus', 'forward'],
  ['bangumi', 'episode'],
  ['live', 'normal'],
  ['space', 'normal'],
] as const;

describe.each(cases)('S19: %s (%s)', (kind, name) => {
  const fixture = readFixture(new URL(`./${kind}/fixtures/`, import.meta.url), name);

  it('survives any value in the place of any other', async () => {
    const place = fc.nat(400);
    await fc.assert(
      fc.asyncProperty(place, fc.nat(9), fc.jsonValue(), async (at, which, value) => {
        const target = which % fixture.answers.length;
        const answers = fixture.answers.map((answer, index) => {
          if (index !== target) return answer;
          const body = replaced(JSON.parse(String(answer.body)) as Json, { left: at }, value as Json);
          return { ...answer, body: JSON.stringify(body) };
        });
        // What a changed answer leads to may be asked for too: nothing is there.
        const [inner, nothing] = [new RecordedHttp(answers), new UniformHttp({ status: 404 })];
        const known = new Set(answers.map(({ url }) => url));
        await reading(fixture.share, {
          fetch: (request) => (known.has(request.url) ? inner : nothing).fetch(request),
        });
      }),
      { numRuns: 300 },
    );
  });

  it('survives any JSON at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), (data) =>
        reading(fixture.share, new UniformHttp({ body: `{"code":0,"data":${data}}` })),
      ),
      { numRuns: 100 },
    );
  });
});
