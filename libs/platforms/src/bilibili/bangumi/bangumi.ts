import { BadPayload } from '@vaultstream/contracts';
import { parseDate } from '../../clean/dates.ts';
import { itemsOf, membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { callApi, type BilibiliContext } from '../api.ts';
import { chinaTime } from '../china-time.ts';
import { authorOf, bodyOf, mediaOf, memberAt, pictureOf, statsOf, tagsOf } from '../fields.ts';
import { numberId } from '../hosts.ts';
import { named, type Kind } from '../kind.ts';
import { rawOf } from '../raw.ts';
import { bangumiOf, bangumiUrl, type BangumiAddress } from './bangumi-address.ts';

type Data = Readonly<Record<string, unknown>>;

/** Kinds of series by `type` (bilibili-API-collect, docs/bangumi/info.md). */
const types = new Map([
  [1, '番剧'],
  [2, '电影'],
  [3, '纪录片'],
  [4, '国创'],
  [5, '电视剧'],
  [6, '漫画'],
  [7, '综艺'],
]);
/** Episodes that are kept for later parsers. */
const maxEpisodes = 10;

/** Series, films and the like: whole seasons, and single episodes. The page about a series is another name of its season. */
export const bangumi: Kind = {
  contentType: 'bangumi',

  canonicalize(url) {
    const address = bangumiOf(url);
    return address && named('bangumi', bangumiUrl(address), address.kind + address.id);
  },

  async read(url, ctx) {
    const shared = bangumiOf(url);
    if (!shared) throw new Error(`not a series: ${url.href}`);
    const address = shared.kind === 'md' ? await seasonOf(shared, ctx) : shared;
    const parameters = { [address.kind === 'ep' ? 'ep_id' : 'season_id']: address.id };
    const data = membersOf(await callApi(ctx, { path: '/pgc/view/web/season', parameters }));
    const season = cleanLine(data['title'], 1_000) ?? cleanLine(data['season_title'], 1_000);
    if (season === null) throw new BadPayload('Bilibili answered a series without a title');
    const episode = address.kind === 'ep' ? episodeIn(data, address.id) : null;
    const { mid, uname, avatar } = membersOf(data['up_info']);
    return {
      content_type: 'bangumi',
      platform_id: address.kind + address.id,
      canonical_url: bangumiUrl(address),
      title: [season, nameOf(episode)].filter((part) => part !== null).join(' · '),
      description: cleanLine(memberAt(data, 'new_ep', 'desc'), 500),
      body_text: bodyOf(data['evaluate']),
      author: authorOf(mid, uname, avatar),
      site_name: 'bilibili',
      language: null,
      published_at: parseDate(episode?.['pub_time']) ?? chinaTime(memberAt(data, 'publish', 'pub_time')),
      tags: tagsOf([types.get(Number(data['type'])), ...itemsOf(data['styles']), ...areasOf(data)]),
      is_nsfw: false,
      stats: statsIn(data),
      media: picturesOf(episode, data),
      raw_metadata: rawOf({ ...data, episodes: itemsOf(data['episodes']).slice(0, maxEpisodes), section: undefined }),
    };
  },
};

/** The page about a series knows its season. */
async function seasonOf({ id }: BangumiAddress, ctx: BilibiliContext): Promise<BangumiAddress> {
  const answer = await callApi(ctx, { path: '/pgc/review/user', parameters: { media_id: id } });
  const season = numberId(cleanLine(memberAt(answer, 'media', 'season_id'), 20), 12);
  if (season === null) throw new BadPayload('Bilibili answered a page about a series without its season');
  return { kind: 'ss', id: season };
}

/** Episodes stand in the season itself, or in one of its sections (trailers and the like). */
function episodeIn(data: Data, id: string): Data | null {
  const sections = itemsOf(data['section']).flatMap((section) => itemsOf(membersOf(section)['episodes']));
  const all = [...itemsOf(data['episodes']), ...sections].map(membersOf);
  return all.find((episode) => [episode['id'], episode['ep_id']].some((own) => cleanLine(own, 20) === id)) ?? null;
}

/** `第3话 灯塔`: a number alone is told as one. */
function nameOf(episode: Data | null): string | null {
  const [number, name] = [cleanLine(episode?.['title'], 200), cleanLine(episode?.['long_title'], 500)];
  const told = number !== null && /^\d{1,5}$/.test(number) ? `第${number}话` : number;
  return [told, name].filter((part) => part !== null).join(' ') || null;
}

/** The poster of the season comes along with the picture of an episode. */
function picturesOf(episode: Data | null, data: Data) {
  const still = pictureOf(episode?.['cover'], 'cover');
  return mediaOf([still, pictureOf(data['cover'], still === null ? 'cover' : 'content')]);
}

function areasOf(data: Data): unknown[] {
  return itemsOf(data['areas']).map((area) => membersOf(area)['name']);
}

function statsIn(data: Data): Record<string, number> {
  const { views, likes, favorites, favorite, coins, share, reply, danmakus } = membersOf(data['stat']);
  const score = Number(memberAt(data, 'rating', 'score'));
  return {
    ...statsOf({ view: views, like: likes, collect: favorites ?? favorite, coin: coins, share, comment: reply }),
    ...statsOf({ danmaku: danmakus, rating_count: memberAt(data, 'rating', 'count') }),
    ...(score > 0 && score <= 10 ? { rating: score } : {}),
  };
}
