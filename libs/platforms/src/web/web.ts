import { z } from 'zod';
import type { Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { settingFacts } from '../settings/setting-facts.ts';
import { canonicalWebUrl } from '../url/canonical-url.ts';
import { readAddress } from './read-address.ts';
import { webParserVersion } from './to-content.ts';

/** What sites in several languages are asked for, unless the settings say otherwise. */
export const defaultLanguages = 'en,*;q=0.5';

const settings = z.object({
  /** Sent as Accept-Language: sites in several languages choose by it. */
  accept_language: z
    .string()
    .max(200)
    .regex(/^[\x20-\x7e]+$/, 'must be a value of the header Accept-Language, such as de,en;q=0.5')
    .default(defaultLanguages)
    .register(settingFacts, { description: 'Languages to ask web pages for, the best first.', secret: false }),
});

/** Any page of the web: what it says about itself, and its readable text. The fallback for everything that no other platform knows. */
export const web: Platform<z.infer<typeof settings>> = {
  id: 'web',
  hosts: [],
  match: (url) => url.protocol === 'http:' || url.protocol === 'https:',
  contentTypes: ['article', 'page', 'video', 'audio', 'image', 'file', 'text', 'feed'],
  example: 'https://journal.example.com/2026/03/the-lighthouse-keepers-garden',
  parserVersion: webParserVersion,
  settings,
  notes: [
    'Pages are read in a child process with bounded time and memory.',
    'Read order: JSON-LD, OpenGraph, Twitter cards, Dublin Core, plain metas, then the visible page and its readable text.',
    'Besides the page only its oEmbed is fetched, of the same site, where the page tells no author, picture or title, and the page of the same site that it names as its canonical one, which must agree; no icon, feed or picture, and no meta refresh is followed.',
    'What is a feed by its answer is read as one, whatever its address.',
    'The canonical URL is https; a site that cannot be reached so is read over http when the share did not insist on https.',
  ],

  canonicalize(url: URL): Canonical | null {
    const canonical = canonicalWebUrl(url);
    return canonical === null ? null : { platform: 'web', url: canonical, platformId: null, contentType: null };
  },

  parse: (target, ctx) => readAddress(target, ctx, ctx.settings.accept_language),
};
