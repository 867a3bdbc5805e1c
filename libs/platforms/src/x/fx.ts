import { BadPayload, isVaultError } from '@vaultstream/contracts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { trimEndOf } from '../clean/trim.ts';
import { openFx } from './fx-envelope.ts';
import { fxPost } from './fx-post.ts';
import type { Post } from './post.ts';
import { ask, type Source, type XContext } from './source.ts';
import { selfThread } from './thread.ts';

/**
 * FxTwitter, second version (https://github.com/FxEmbed/FxEmbed, `docs/specs/fxtwitter-openapi.json`): the post, and its thread where
 * there may be one.
 */
export const fxTwitter2: Source = {
  name: 'fxtwitter',
  async read(id, ctx) {
    const opened = openFx(await ask(address(ctx, `2/status/${id}`), ctx));
    if ('word' in opened) return opened.word;
    const post = present(fxPost(opened.body['status']));
    return { kind: 'post', post, thread: await threadAround(post, ctx), raw: opened.body['status'] };
  },
};

/** Its first version: other names for some members, and a limit of its own. */
export const fxTwitter1: Source = {
  name: 'fxtwitter',
  async read(id, ctx) {
    const opened = openFx(await ask(address(ctx, `i/status/${id}`), ctx));
    if ('word' in opened) return opened.word;
    return { kind: 'post', post: present(fxPost(opened.body['tweet'])), thread: [], raw: opened.body['tweet'] };
  },
};

function address({ settings }: XContext, path: string): URL {
  return new URL(path, `${trimEndOf(settings.fxtwitter_url, /\//)}/`);
}

function present(post: Post | null): Post {
  if (!post) throw new BadPayload('FxTwitter answered a post without an id');
  return post;
}

/** Asked only where it may exist: somebody has answered, or the post itself answers its author. Without it the post is worth keeping too. */
async function threadAround(post: Post, ctx: XContext): Promise<Post[]> {
  const { replyTo, author, stats } = post;
  const answered = replyTo?.handle?.toLowerCase();
  const continues = answered !== undefined && answered === author.handle?.toLowerCase();
  if (!continues && (stats['comment'] ?? 0) === 0) return [];
  try {
    const opened = openFx(await ask(address(ctx, `2/thread/${post.id}`), ctx));
    return 'word' in opened
      ? []
      : selfThread(
          itemsOf(opened.body['thread']).map((item) => threadPost(item)),
          post,
        );
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!isVaultError(error)) throw error;
    ctx.log.debug({ id: post.id, error_type: error.name }, 'a post was kept without its thread');
    return [];
  }
}

/** A post of a thread; null for the place of one that is gone. */
function threadPost(item: unknown): Post | null {
  return membersOf(item)['type'] === 'tombstone' ? null : fxPost(item);
}
