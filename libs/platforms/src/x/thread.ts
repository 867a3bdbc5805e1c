import type { Post } from './post.ts';

/** Posts of one thread that are kept. */
const maxThread = 100;

/**
 * What one author has written in one go: of a conversation, in its order, the posts around `post` up to where somebody else speaks. Places
 * of posts that are gone (null) do not end it. Empty when there is nothing but the post itself.
 */
export function selfThread(conversation: readonly (Post | null)[], post: Post): Post[] {
  const posts = conversation.slice(0, 10 * maxThread).filter((item) => item !== null);
  const at = posts.findIndex(({ id }) => id === post.id);
  const author = post.author.handle?.toLowerCase();
  if (at === -1 || author === undefined) return [];
  const own = (item: Post | undefined) => item?.author.handle?.toLowerCase() === author;
  let [first, last] = [at, at];
  while (own(posts[first - 1])) first--;
  while (own(posts[last + 1])) last++;
  const run = posts.slice(first, last + 1).map((item) => (item.id === post.id ? post : item));
  const once = [...new Map(run.map((item) => [item.id, item])).values()];
  return once.length > 1 ? once.slice(0, maxThread) : [];
}
