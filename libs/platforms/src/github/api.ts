import { AccessDenied, BadPayload, isVaultError, NotFound, RateLimited, UpstreamError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from '@vaultstream/runtime';
import { membersOf, parseJson } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import type { GithubSettings } from './settings.ts';

const origin = 'https://api.github.com';
/** Longest answer: bytes. A gist shows 1 MB of each of its files. */
const maxBytes = 8 * 1024 * 1024;
/** A repository that was renamed more than once is asked for by its number at the second step. */
const maxSteps = 3;
/** The longest wait that is believed: GitHub's limits are counted by the hour. Milliseconds. */
const maxWaitMs = 86_400_000;

/** What reading GitHub needs. */
export type GithubContext = PlatformContext<GithubSettings>;

/**
 * One question to GitHub's REST API. Redirects lead from old names to new ones; they are followed within the API only, so that the token
 * goes nowhere else.
 * @param path Such as `/repos/owner/name`.
 * @throws RateLimited with the time that GitHub names; NotFound, also for what is not shown to us; AccessDenied; UpstreamError; BadPayload
 */
export async function askApi(
  path: string,
  { http, settings, signal }: GithubContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { token } = settings;
  let url = new URL(path, origin);
  for (let step = 0; step < maxSteps; step++) {
    const headers = {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const answer = await http.fetch({ url: url.href, maxBytes, redirect: 'manual', headers, signal });
    if (answer.status < 300 || answer.status >= 400) return open(answer);
    const next = URL.parse(answer.headers['location'] ?? '', url.href);
    if (next?.origin !== origin) throw new UpstreamError(`GitHub answered ${answer.status} to elsewhere`);
    url = next;
  }
  throw new UpstreamError('GitHub leads round in circles');
}

/** What is only nice to have: null for any refusal. An abort and a bug stay what they are. */
export async function askIfPossible(
  path: string,
  ctx: GithubContext,
): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    return await askApi(path, ctx);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!isVaultError(error)) throw error;
    ctx.log.debug({ path, error_type: error.name }, 'kept without what could not be had');
    return null;
  }
}

function open(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  const { status, headers } = answer;
  if (status === 403 || status === 429) {
    const said = messageOf(answer);
    const spent = headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined;
    if (status === 429 || spent || /rate limit|abuse/i.test(said))
      throw new RateLimited(`GitHub answered ${status}: ${said}`, { status, retryAfterMs: waitOf(headers) });
    throw new AccessDenied(`GitHub answered ${status}: ${said}`, { status });
  }
  if (status === 451) throw new NotFound('GitHub has taken it down on legal demand', { status });
  raiseForStatus(answer);
  const body = parseJson(answer.body);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BadPayload('GitHub answered no object');
  return membersOf(body);
}

/** `retry-after` of the limit on bursts; else the end of the hour (seconds since 1970) that the primary limit counts. */
function waitOf(headers: Readonly<Record<string, string>>): number | undefined {
  const written = retryAfterMs(headers['retry-after']);
  const reset = Number(headers['x-ratelimit-reset']);
  if (written !== undefined || !Number.isFinite(reset) || headers['x-ratelimit-remaining'] !== '0') return written;
  return Math.min(Math.max(reset * 1_000 - Date.now(), 1_000), maxWaitMs);
}

function messageOf({ body }: HttpAnswer): string {
  try {
    return cleanLine(membersOf(parseJson(body))['message'], 200) ?? 'nothing more';
  } catch {
    return 'nothing more';
  }
}
