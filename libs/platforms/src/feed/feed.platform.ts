import { z } from 'zod';
import type { Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { canonicalWebUrl } from '../url/canonical-url.ts';
import { readAddress } from '../web/read-address.ts';
import { defaultLanguages, web } from '../web/web.ts';
import { namesFeed } from './feed-address.ts';

/** Raised with every change of what the same answer gives. */
const parserVersion = 1;

/** A feed that was shared as content: the feed itself, with its newest entries. What follows a feed is `POST /feeds`. */
export const feed: Platform = {
  id: 'feed',
  hosts: [],
  match: (url) => url.protocol === 'http:' || url.protocol === 'https:',
  contentTypes: web.contentTypes,
  example: 'https://journal.example.com/feed.xml',
  parserVersion,
  settings: z.object({}),
  notes: [
    'Reads RSS 0.9 to 2.0, RSS 1.0, Atom and JSON Feed.',
    'An address that bears a feed’s name is its own; a feed behind any other address is read by web in the same way.',
    'What turns out to be a page is read as one.',
    'A document type that declares entities is refused; what stands behind a broken place in XML is lost.',
  ],

  canonicalize(url: URL): Canonical | null {
    const canonical = namesFeed(url) ? canonicalWebUrl(url) : null;
    return canonical === null ? null : { platform: 'feed', url: canonical, platformId: null, contentType: null };
  },

  async parse(target, ctx) {
    return { ...(await readAddress(target, ctx, defaultLanguages)), parser_version: parserVersion };
  },
};
