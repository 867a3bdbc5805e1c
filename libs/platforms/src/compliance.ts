import assert from 'node:assert/strict';
import { parsedContentSchema } from '@vaultstream/contracts';
import type { ParsedContent } from '@vaultstream/contracts';
import { assertCase, sharedUrl, type PlatformCase, type PlatformCases } from './compliance-cases.ts';
import { RecordedHttp, SilentHttp, UniformHttp, type Recording } from './fake-http.ts';
import { directReader } from './feed/direct-reader.ts';
import type { Platform, PlatformContext, PlatformHttp } from './platform.ts';

/** What a platform brings to its compliance run. */
export interface ComplianceCase {
  platform: Platform;
  /** What its example's parse asks for, and nothing else. */
  recordings: readonly Recording[];
  /** URLs of its own in several spellings, for the canonicalisation. */
  urls: readonly string[];
  extract: PlatformContext['extract'];
  /** What the platform does with each kind of answer, by its recordings. */
  cases: PlatformCases;
  /** Statuses that this platform reads in its own way, with the error's name; default: the usual ones. */
  errors?: Readonly<Record<number, string>>;
}

/** One promise of the contract; `run` throws when it is broken. */
export interface ComplianceCheck {
  name: string;
  run(): Promise<void>;
}

/** What each status means to every platform (reliability rule: 404 and 403 are final, 5xx and 429 are tried again). */
const usualErrors: Readonly<Record<number, string>> = {
  401: 'AccessDenied',
  403: 'AccessDenied',
  404: 'NotFound',
  410: 'NotFound',
  429: 'RateLimited',
  500: 'UpstreamError',
  503: 'UpstreamError',
};

/** Bodies that make no sense to anybody. */
const malformed: Readonly<Record<string, string | Buffer>> = {
  empty: '',
  'a cut page': '<html><head><title>x</tit',
  'a cut JSON': '{"data":{"title":',
  'JSON of another shape': '{"data":[null,{"__proto__":{"polluted":true},"title":{"a":[]}}],"title":7}',
  'binary noise': Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7_919) % 256)),
};

/** The promises that every platform keeps, over its recordings. Specs make a test of each. */
export function complianceChecks(subject: ComplianceCase): ComplianceCheck[] {
  const { platform, urls } = subject;
  return [
    check('describes itself', async () => {
      assert.match(platform.id, /^[a-z][a-z0-9_]{0,49}$/);
      assert.ok(platform.contentTypes.length > 0 && platform.notes.length > 0 && platform.parserVersion >= 1);
      assert.ok(platform.hosts.length > 0 || platform.match, 'needs hosts or match');
      platform.settings.parse({});
    }),
    ...[platform.example, ...urls].map((url) =>
      check(`canonicalises once and for all: ${url}`, async () => assertStable(platform, url)),
    ),
    check('reads its example from its recordings alone', async () => {
      const content = await parse(subject, new RecordedHttp(subject.recordings));
      assertContent(platform, content);
      assert.ok(content.title, 'the example has a title');
    }),
    ...caseChecks(subject),
    ...Object.entries({ ...usualErrors, ...subject.errors }).map(([status, name]) =>
      check(`a status ${status} is ${name}`, async () => {
        await assert.rejects(parse(subject, new UniformHttp({ status: Number(status) })), { name });
      }),
    ),
    ...Object.entries(malformed).map(([kind, body]) =>
      check(`survives ${kind}`, async () => {
        for (const mime of ['text/html', 'application/json', null])
          await assertSurvives(subject, new UniformHttp({ body, mime }));
        assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
      }),
    ),
    check('ends when it is aborted', async () => {
      const controller = new AbortController();
      const parsing = parse(subject, new SilentHttp(), controller.signal);
      controller.abort(new Error('stop now'));
      await assert.rejects(parsing, /stop now/);
      await assert.rejects(
        parse(subject, new SilentHttp(), AbortSignal.abort(new Error('stopped before'))),
        /stopped before/,
      );
    }),
  ];
}

function check(name: string, run: () => Promise<void>): ComplianceCheck {
  return { name, run };
}

/** One check a case; a case that the platform has not is passed over. */
function caseChecks(subject: ComplianceCase): ComplianceCheck[] {
  const names = Object.keys(subject.cases) as (keyof PlatformCases)[];
  const given = names.flatMap((name): [keyof PlatformCases, PlatformCase][] => {
    const found = subject.cases[name];
    return 'none' in found ? [] : [[name, found]];
  });
  return given.map(([name, found]) =>
    check(`has a recording of the case "${name}"`, () => {
      const http = new RecordedHttp(found.answers);
      return assertCase(subject.platform, name, found, async (share) => {
        const content = await parse(subject, http, new AbortController().signal, share);
        assertContent(subject.platform, content);
        return content;
      });
    }),
  );
}

function parse(
  subject: ComplianceCase,
  http: PlatformHttp,
  signal = new AbortController().signal,
  share = subject.platform.example,
): Promise<ParsedContent> {
  const { platform, extract } = subject;
  const canonical = platform.canonicalize(sharedUrl(platform, share));
  assert.ok(canonical, `not one of its own URLs: ${share}`);
  const log = { debug: () => undefined, warn: () => undefined };
  const context = {
    http,
    settings: platform.settings.parse({}),
    signal,
    log,
    extract,
    readFeed: directReader.readFeed,
  };
  return platform.parse({ canonical, sourceUrl: share }, context);
}

function assertStable(platform: Platform, url: string): void {
  const once = platform.canonicalize(new URL(url));
  assert.ok(once, 'one of its own URLs');
  assert.equal(once.platform, platform.id);
  assert.deepEqual(platform.canonicalize(new URL(once.url)), once);
  assert.equal(new URL(once.url).href, once.url);
}

function assertContent(platform: Platform, content: ParsedContent): void {
  parsedContentSchema.parse(content);
  assert.ok(platform.contentTypes.includes(content.content_type), `undeclared content type ${content.content_type}`);
  assert.equal(content.parser_version, platform.parserVersion);
  assert.ok(!JSON.stringify(content).includes('\\u0000'), 'no NUL, which Postgres refuses');
}

/** A valid content or an error of the family; never anything else. */
async function assertSurvives(subject: ComplianceCase, http: PlatformHttp): Promise<void> {
  try {
    assertContent(subject.platform, await parse(subject, http));
  } catch (error) {
    assert.ok(error instanceof Error && 'disposition' in error, `not of the error family: ${String(error)}`);
  }
}
