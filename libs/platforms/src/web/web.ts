import { z } from 'zod';
import { decodeText, raiseForStatus } from '@vaultstream/runtime';
import type { Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { settingFacts } from '../settings/setting-facts.ts';
import { canonicalWebUrl } from '../url/canonical-url.ts';
import { refuseObstacles } from './obstacles.ts';
import { fetchPage } from './fetch-page.ts';
import { fileContent, isPage, isText, pageContent, textContent, webParserVersion } from './to-content.ts';

const settings = z.object({
  /** Sent as Accept-Language: sites in several languages choose by it. */
  accept_language: z
    .string()
    .max(200)
    .regex(/^[\x20-\x7e]+$/, 'must be a value of the header Accept-Language, such as de,en;q=0.5')
    .default('en,*;q=0.5')
    .register(settingFacts, { description: 'Languages to ask web pages for, the best first.', secret: false }),
});

/** Any page of the web: what it says about itself, and its readable text. The fallback for everything that no other platform knows. */
export const web: Platform<z.infer<typeof settings>> = {
  id: 'web',
  hosts: [],
  match: (url) => url.protocol === 'http:' || url.protocol === 'https:',
  contentTypes: ['article', 'page', 'video', 'audio', 'image', 'file', 'text'],
  example: 'https://journal.example.com/2026/03/the-lighthouse-keepers-garden',
  parserVersion: webParserVersion,
  settings,
  notes: [
    'Pages are read in a child process with bounded time and memory.',
    'Read order: JSON-LD, OpenGraph, Twitter cards, Dublin Core, plain metas, then the visible page and its readable text.',
    'Nothing but the page itself is fetched: no icon, feed, oEmbed or picture, and no meta refresh is followed.',
    'The canonical URL is https; a site that cannot be reached so is read over http when the share did not insist on https.',
  ],

  canonicalize(url: URL): Canonical | null {
    const canonical = canonicalWebUrl(url);
    return canonical === null ? null : { platform: 'web', url: canonical, platformId: null, contentType: null };
  },

  async parse(target, ctx) {
    const answer = await fetchPage(target, ctx, ctx.settings.accept_language);
    refuseObstacles(target.canonical, answer);
    raiseForStatus(answer);
    if (!isPage(answer) && !isText(answer)) return fileContent(target.canonical, answer);
    const { text } = decodeText(answer);
    if (isText(answer)) return textContent(target.canonical, answer, text);
    return pageContent(target.canonical, answer, await ctx.extract(text, answer.url));
  },
};
