import { z } from 'zod';
import { AccessDenied, Unsupported, type Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { addressOf, fromAppLink, telegramHosts, urlOf } from './post-address.ts';
import { readPost } from './read-post.ts';
import { contentOf } from './to-content.ts';

const parserVersion = 1;
const settings = z.object({});

/** Telegram: posts of public channels and groups, through the page that other sites frame. */
export const telegram: Platform<z.infer<typeof settings>> = {
  id: 'telegram',
  hosts: telegramHosts,
  contentTypes: ['post', 'album'],
  example: 'https://t.me/harbour_lamps/101',
  parserVersion,
  settings,
  notes: [
    'Posts only. Channels, profiles, stories, stickers, bots and apps are pages for web.',
    'Nobody signs in: posts of private chats (t.me/c/...) are AccessDenied, ways into such chats (t.me/+...) Unsupported.',
    'The parts of an album share one content, called by the first of them, which only the page tells.',
    'A name means the same in any case and is kept in lower case; a comment’s address is that of the post above it.',
    'Addresses of files live for some hours only. Films above 20 MB have none, and are their picture.',
  ],

  canonicalize(url: URL): Canonical | null {
    const address = addressOf(url);
    if (address === null) return null;
    const { kind } = address;
    const platformId =
      kind === 'post'
        ? `${address.channel}/${address.id}`
        : kind === 'private'
          ? `c/${address.chat}/${address.id}`
          : null;
    return { platform: 'telegram', url: urlOf(address), platformId, contentType: kind === 'invite' ? null : 'post' };
  },

  fromBareId: fromAppLink,

  async parse({ canonical }, ctx) {
    const address = addressOf(new URL(canonical.url));
    if (address?.kind === 'private') throw new AccessDenied('only members of the private chat can see the post');
    if (address?.kind !== 'post')
      throw new Unsupported('a way into a private chat: nothing to read before one has joined');
    return { ...contentOf(address, await readPost(address, ctx)), parser_version: parserVersion };
  },
};
