import {
  AccessDenied,
  BadPayload,
  isVaultError,
  NetworkError,
  NotFound,
  RateLimited,
  UpstreamError,
  type VaultError,
} from '@vaultstream/contracts';
import { fxTwitter1, fxTwitter2 } from './fx.ts';
import { sourcesOf, type SourceName } from './settings.ts';
import type { Source, Word, XContext } from './source.ts';
import { syndication } from './syndication.ts';
import { vxTwitter } from './vx.ts';

const ways: Readonly<Record<SourceName, readonly Source[]>> = {
  fxtwitter: [fxTwitter2, fxTwitter1],
  vxtwitter: [vxTwitter],
  syndication: [syndication],
};

/** A post as one of the sources gave it. */
export type FoundPost = Extract<Word, { kind: 'post' }> & { source: SourceName };

/** Sources that said that there is no post, and whether they called it withheld. */
type Misses = Map<SourceName, boolean>;

/**
 * Asks one source after the other until one has the post or passes on X's own reason why there is none. Else, by these rules:
 *  - A source that fails (5xx, no answer, 429, nonsense) says nothing of the post: the next one is asked.
 *  - FxTwitter and vxTwitter say "not found" too when X refuses themselves. So it is believed when X's own endpoint misses the post as well
 *    as one of them; or when nobody is left who might still have it.
 *  - A post that X withholds (an age limit, a country) without anybody having it is AccessDenied, one that is not there NotFound.
 *  - Otherwise the failures decide: one that may pass is thrown, so that the task tries again later.
 * @throws NotFound, AccessDenied, RateLimited, NetworkError, UpstreamError, BadPayload
 */
export async function readPost(id: string, ctx: XContext): Promise<FoundPost> {
  const misses: Misses = new Map();
  const failures: VaultError[] = [];
  for (const source of [...sourcesOf(ctx.settings)].flatMap((name) => ways[name])) {
    if (misses.has(source.name)) continue;
    const word = await wordOf(source, id, ctx);
    if (word.kind === 'failed') failures.push(word.error);
    else if (word.kind === 'missing') misses.set(source.name, word.withheld);
    else if (word.kind === 'final') throw word.error;
    else return { ...word, source: source.name };
  }
  throw conclusion(id, misses, failures);
}

async function wordOf(
  source: Source,
  id: string,
  ctx: XContext,
): Promise<Word | { kind: 'failed'; error: VaultError }> {
  try {
    const word = await source.read(id, ctx);
    if (word.kind === 'post' && word.post.id !== id && !word.post.facts['reposted_by'])
      throw new BadPayload(`${source.name} answered another post`);
    return word;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!isVaultError(error)) throw error;
    ctx.log.debug({ id, source: source.name, error_type: error.name, error: error.message }, 'a source failed');
    return { kind: 'failed', error };
  }
}

function conclusion(id: string, misses: Misses, failures: readonly VaultError[]): VaultError {
  const passing = failures.filter(({ retryable }) => retryable);
  const confirmed = misses.has('syndication') && misses.size > 1;
  if (misses.size > 0 && (confirmed || passing.length === 0)) {
    const withheld = misses.get('syndication') ?? [...misses.values()].includes(true);
    return withheld
      ? new AccessDenied(`X shows the post ${id} to some of its users only`)
      : new NotFound(`no source has the post ${id}: ${[...misses.keys()].join(', ')}`);
  }
  return passing.length > 0 ? worthRetrying(passing) : (failures[0] ?? new NotFound(`no source has the post ${id}`));
}

/** The first failure that may pass by itself. Only when all of them are limits, the shortest wait that one of them asks for. */
function worthRetrying(failures: readonly VaultError[]): VaultError {
  const message = failures.map((failure) => failure.message).join('; ');
  const first = failures.find(({ name }) => name !== 'RateLimited');
  const options = { cause: first ?? failures[0], status: (first ?? failures[0])?.status };
  if (first)
    return first.name === 'NetworkError' ? new NetworkError(message, options) : new UpstreamError(message, options);
  const waits = failures.map(({ retryAfterMs }) => retryAfterMs).filter((wait) => wait !== undefined);
  return new RateLimited(message, { ...options, retryAfterMs: waits.length > 0 ? Math.min(...waits) : undefined });
}
