import type { VaultError } from '@vaultstream/contracts';
import type { HttpAnswer, PlatformContext } from '../platform.ts';
import type { Post } from './post.ts';
import type { SourceName, XSettings } from './settings.ts';

/** Longest answer: bytes. A thread of a hundred posts with their authors has about 1 MB. */
const maxBytes = 8 * 1024 * 1024;
/** Milliseconds that one source may take, so that all of them fit into one task. */
const patienceMs = 15_000;

/** What reading a post needs. */
export type XContext = PlatformContext<XSettings>;

/** What one source says of a post. Failures that say nothing of the post are thrown. */
export type Word =
  /** The post, with the posts of its author's thread around it and itself where they are known. `raw`: the answer, for debugging. */
  | { kind: 'post'; post: Post; thread: readonly Post[]; raw: unknown }
  /** It has none, but it may not be the one to know: another one is asked too. */
  | { kind: 'missing'; withheld: boolean }
  /** X itself has said why there is none, and the source passes that on: nobody else need be asked. */
  | { kind: 'final'; error: VaultError };

/** One way to ask. Ways with the same name are one witness: what one of them misses, the others miss. */
export interface Source {
  readonly name: SourceName;
  /** @throws errors of the family; RateLimited, UpstreamError and NetworkError may pass. */
  read(id: string, ctx: XContext): Promise<Word>;
}

/**
 * One GET. No redirect is followed: an API that sends us elsewhere is not that API.
 * @throws the errors of the client; NetworkError after 15 s.
 */
export function ask(url: URL, ctx: XContext): Promise<HttpAnswer> {
  return ctx.http.fetch({
    url: url.href,
    maxBytes,
    redirect: 'manual',
    headers: { accept: 'application/json' },
    signal: AbortSignal.any([ctx.signal, AbortSignal.timeout(patienceMs)]),
  });
}
