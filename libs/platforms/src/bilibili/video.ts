import { BadPayload, isVaultError, maxBodyText, type ParsedContent } from '@vaultstream/contracts';
import { cleanCount } from '../clean/counts.ts';
import { parseDate } from '../clean/dates.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { callApi, type BilibiliContext } from './api.ts';
import type { Kind } from './kind.ts';
import { rawVideo } from './raw-video.ts';
import { videoOf, videoUrl, type VideoAddress } from './video-address.ts';

const home = 'https://www.bilibili.com/';
const maxTags = 100;
/** Our names of counts, and theirs. */
const counts = [
  ['view', 'view'],
  ['like', 'like'],
  ['collect', 'favorite'],
  ['coin', 'coin'],
  ['share', 'share'],
  ['comment', 'reply'],
  ['danmaku', 'danmaku'],
] as const;

/** Videos, each part of one with more of them being a content of its own. */
export const video: Kind = {
  contentType: 'video',

  canonicalize(url) {
    const address = videoOf(url);
    return (
      address && {
        platform: 'bilibili',
        url: videoUrl(address),
        platformId: address.bvid,
        contentType: 'video',
      }
    );
  },

  async read(url, ctx) {
    const address = videoOf(url);
    if (!address) throw new Error(`not a video: ${url.href}`);
    const data = membersOf(await callApi(ctx, '/x/web-interface/view', { bvid: address.bvid }));
    const title = cleanLine(data['title'], 1_500);
    if (title === null) throw new BadPayload('Bilibili answered a video without a title');
    const part = partOf(data, address);
    const cover = httpsUrl(data['pic'], home);
    return {
      platform_id: address.bvid,
      canonical_url: videoUrl(part.exists ? address : { ...address, part: 1 }),
      title: part.name === null ? title : `${title} · ${part.name}`,
      description: null,
      body_text: textOf(data['desc']),
      author: authorOf(data['owner']),
      site_name: 'bilibili',
      language: null,
      published_at: parseDate(data['pubdate']) ?? parseDate(data['ctime']),
      tags: tagsOf([data['tname'], ...(await namesOfTags(ctx, address.bvid))]),
      is_nsfw: false,
      stats: statsOf(data['stat']),
      media: cover === null ? [] : [{ kind: 'image', role: 'cover', url: cover }],
      raw_metadata: rawVideo(data),
    };
  },
};

/** The name of a further part. A part beyond the last is the video itself. */
function partOf(data: Readonly<Record<string, unknown>>, { part }: VideoAddress) {
  const pages = itemsOf(data['pages']);
  const last = cleanCount(data['videos']) ?? pages.length;
  const exists = part <= Math.max(last, 1);
  return { exists, name: part > 1 && exists ? cleanLine(membersOf(pages[part - 1])['part'], 450) : null };
}

/** Bilibili writes `-` for "no description". */
function textOf(desc: unknown): string | null {
  const text = cleanParagraphs(desc, maxBodyText);
  return text === '-' ? null : text;
}

function authorOf(owner: unknown): ParsedContent['author'] {
  const { mid, name, face } = membersOf(owner);
  const id = /^\d{1,20}$/.exec(cleanLine(mid, 20) ?? '')?.[0] ?? null;
  const author = {
    id,
    name: cleanLine(name, 200),
    url: id === null ? null : `https://space.bilibili.com/${id}`,
    avatar_url: httpsUrl(face, home),
  };
  return author.id === null && author.name === null ? null : author;
}

function statsOf(stat: unknown): Record<string, number> {
  const given = membersOf(stat);
  return Object.fromEntries(
    counts.flatMap(([ours, theirs]) => {
      const count = cleanCount(given[theirs]);
      return count === null ? [] : [[ours, count]];
    }),
  );
}

/** The tags have an address of their own. A video without them is still worth keeping. */
async function namesOfTags(ctx: BilibiliContext, bvid: string): Promise<unknown[]> {
  try {
    const tags = itemsOf(await callApi(ctx, '/x/tag/archive/tags', { bvid }));
    return tags.map((tag) => membersOf(tag)['tag_name']);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!isVaultError(error)) throw error;
    ctx.log.debug({ bvid, error_type: error.name }, 'a video was kept without its tags');
    return [];
  }
}

function tagsOf(names: readonly unknown[]): string[] {
  const clean = names.map((name) => cleanLine(name, 100)).filter((name) => name !== null);
  return [...new Set(clean)].slice(0, maxTags);
}
