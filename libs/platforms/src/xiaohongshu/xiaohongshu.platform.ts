import { Unsupported, type Canonical } from '@vaultstream/contracts';
import { followLink } from '../follow-link.ts';
import type { Platform } from '../platform.ts';
import { findUrl } from '../url/find-url.ts';
import { noteIdOf, noteIn, noteUrl, shortLinkOf, type SharedNote } from './note-address.ts';
import { readNote } from './read-note.ts';
import { xiaohongshuSettings, type XiaohongshuSettings } from './settings.ts';
import { contentOf } from './to-content.ts';

const parserVersion = 1;

/** Xiaohongshu (RedNote): notes, from the state of their pages. */
export const xiaohongshu: Platform<XiaohongshuSettings> = {
  id: 'xiaohongshu',
  hosts: ['xiaohongshu.com', 'xhslink.com'],
  contentTypes: ['note'],
  example: 'https://www.xiaohongshu.com/explore/6411cf99000000001300b6d9',
  parserVersion,
  settings: xiaohongshuSettings,
  notes: [
    'Notes only. Users, boards, topics, shops and searches are pages for web.',
    'A share brings a token (xsec_token) that lets it be read without an account: it is used for the reading as it was shared, and never kept in a name or in what is stored.',
    'Without token and cookies a note is mostly refused: AccessDenied. Captchas and 300012 are risk control.',
    'The signed API (edith.xiaohongshu.com) is not asked: its signature changes every few weeks; the page has the same data.',
    'Cookies go to www.xiaohongshu.com over https only, and never along a redirect.',
    'Pictures are fetched by their key, without style, watermark and signature; a short link is merged into its note once it was followed.',
  ],

  canonicalize(url: URL): Canonical | null {
    const id = noteIdOf(url);
    if (id !== null) return { platform: 'xiaohongshu', url: noteUrl(id), platformId: id, contentType: 'note' };
    const link = shortLinkOf(url);
    return link === null ? null : { platform: 'xiaohongshu', url: link, platformId: null, contentType: null };
  },

  async parse({ canonical, sourceUrl }, ctx) {
    const link = shortLinkOf(new URL(canonical.url));
    const note =
      link === null
        ? sharedNote(new URL(canonical.url), sourceUrl)
        : await followLink(link, ctx, { understand: noteIn, shortLinkOf });
    if (!note) throw new Unsupported('this kind of address is not read by this platform');
    return { ...contentOf(note.id, await readNote(note, ctx)), parser_version: parserVersion };
  },
};

/** The note with the token of the share, which its canonical URL has not. */
function sharedNote(canonical: URL, sourceUrl: string): SharedNote | null {
  const note = noteIn(canonical);
  const shared = findUrl(sourceUrl);
  const asShared = shared && noteIn(shared);
  return asShared && asShared.id === note?.id ? asShared : note;
}
