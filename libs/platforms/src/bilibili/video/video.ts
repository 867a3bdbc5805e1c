import { BadPayload } from '@vaultstream/contracts';
import { cleanCount } from '../../clean/counts.ts';
import { parseDate } from '../../clean/dates.ts';
import { itemsOf, membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { callApi, type BilibiliContext } from '../api.ts';
import { bangumi } from '../bangumi/bangumi.ts';
import { bangumiOf, bangumiUrl } from '../bangumi/bangumi-address.ts';
import { addressOf, authorOf, bodyOf, mediaOf, pictureOf, statsOf, tagsOf } from '../fields.ts';
import { named, type Kind } from '../kind.ts';
import { optional } from '../optional.ts';
import { rawVideo } from './raw-video.ts';
import { videoOf, videoUrl, type VideoAddress } from './video-address.ts';

type Data = Readonly<Record<string, unknown>>;

/** Videos, each part of one with more of them being a content of its own. */
export const video: Kind = {
  contentType: 'video',

  canonicalize(url) {
    const address = videoOf(url);
    return address && named('video', videoUrl(address), address.bvid);
  },

  async read(url, ctx) {
    const address = videoOf(url);
    if (!address) throw new Error(`not a video: ${url.href}`);
    const { bvid } = address;
    const data = membersOf(await callApi(ctx, { path: '/x/web-interface/view', parameters: { bvid } }));
    const episode = episodeOf(data);
    if (episode !== null) return bangumi.read(episode, ctx);
    const title = cleanLine(data['title'], 1_500);
    if (title === null) throw new BadPayload('Bilibili answered a video without a title');
    const part = partOf(data, address);
    const { mid, name, face } = membersOf(data['owner']);
    return {
      content_type: 'video',
      platform_id: bvid,
      canonical_url: videoUrl(part.exists ? address : { bvid, part: 1 }),
      title: part.name === null ? title : `${title} · ${part.name}`,
      description: null,
      body_text: bodyOf(data['desc']),
      author: authorOf(mid, name, face),
      site_name: 'bilibili',
      language: null,
      published_at: parseDate(data['pubdate']) ?? parseDate(data['ctime']),
      tags: tagsOf([data['tname'], ...(await namesOfTags(ctx, bvid))]),
      is_nsfw: false,
      stats: statsIn(membersOf(data['stat'])),
      media: mediaOf([pictureOf(data['pic'], 'cover')]),
      raw_metadata: rawVideo(data),
    };
  },
};

/** The name of a further part. A part beyond the last is the video itself. */
function partOf(data: Data, { part }: VideoAddress) {
  const pages = itemsOf(data['pages']);
  const last = cleanCount(data['videos']) ?? pages.length;
  const exists = part <= Math.max(last, 1);
  return { exists, name: part > 1 && exists ? cleanLine(membersOf(pages[part - 1])['part'], 450) : null };
}

/** An episode of a series is a video too. Its page leads on to the episode, which is its better name: read as that, it is one content. */
function episodeOf(data: Data): URL | null {
  const address = addressOf(data['redirect_url']);
  const episode = address === null ? null : bangumiOf(new URL(address));
  return episode?.kind === 'ep' ? new URL(bangumiUrl(episode)) : null;
}

function statsIn(stat: Data): Record<string, number> {
  const { view, like, favorite, coin, share, reply, danmaku } = stat;
  return statsOf({ view, like, collect: favorite, coin, share, comment: reply, danmaku });
}

/** The tags have an address of their own. A video without them is still worth keeping. */
function namesOfTags(ctx: BilibiliContext, bvid: string): Promise<unknown[]> {
  return optional(ctx, 'tags', [], async () => {
    const tags = itemsOf(await callApi(ctx, { path: '/x/tag/archive/tags', parameters: { bvid } }));
    return tags.map((tag) => membersOf(tag)['tag_name']);
  });
}
