import { Unsupported, type Canonical } from '@vaultstream/contracts';
import { followLink } from '../follow-link.ts';
import type { Platform } from '../platform.ts';
import { postIdOf, postUrl, redditHosts, shortLinkOf } from './post-address.ts';
import { readPost, type RedditContext } from './read-post.ts';
import { refuseBlock } from './refusals.ts';
import { redditSettings, type RedditSettings } from './settings.ts';
import { contentOf } from './to-content.ts';

const parserVersion = 1;

/** Reddit: posts, as its own pages get them. */
export const reddit: Platform<RedditSettings> = {
  id: 'reddit',
  hosts: redditHosts,
  contentTypes: ['post', 'link', 'gallery', 'video'],
  example: 'https://www.reddit.com/r/lighthouses/comments/1harbr1/the_lamps_are_lit_again/',
  parserVersion,
  settings: redditSettings,
  notes: [
    'Posts only; a comment’s address is that of its post. Subreddits, users, wikis and files (i.redd.it) are pages for web.',
    'The one name of a post is its number in base 36; subreddit and title in its address are for readers.',
    'Share links (/r/<name>/s/<code>) and v.redd.it are opaque: merged into the post once they were followed.',
    'Addresses of data centres are mostly blocked, by a page with status 403: RateLimited, since cookies or another address help.',
    'Films come without their sound, which Reddit keeps in another file. Counts are rounded and a little false by intent.',
    'A crosspost shows what it passes on: both texts, and the media of the original.',
  ],

  canonicalize(url: URL): Canonical | null {
    const id = postIdOf(url);
    if (id !== null) return { platform: 'reddit', url: postUrl(id), platformId: id, contentType: 'post' };
    const link = shortLinkOf(url);
    return link === null ? null : { platform: 'reddit', url: link, platformId: null, contentType: null };
  },

  async parse({ canonical }, ctx) {
    const known = new URL(canonical.url);
    const link = shortLinkOf(known);
    const id =
      link === null ? postIdOf(known) : await followLink(link, unblocked(ctx), { understand: postIdOf, shortLinkOf });
    if (id === null) throw new Unsupported('this kind of address is not read by this platform');
    return { ...contentOf(id, await readPost(id, ctx)), parser_version: parserVersion };
  },
};

/** The same context, in which the block of an address is known for what it is on the way of a short link too. */
function unblocked(ctx: RedditContext): RedditContext {
  const http: RedditContext['http'] = {
    async fetch(request) {
      const answer = await ctx.http.fetch(request);
      refuseBlock(answer);
      return answer;
    },
  };
  return { ...ctx, http };
}
