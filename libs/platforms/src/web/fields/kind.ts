import { cleanLine } from '../../clean/text.ts';
import { field, isNode, typesOf } from '../json-ld.ts';
import type { Facts } from './facts.ts';

/** Names of the schema.org actions that we count. */
const actions: Readonly<Record<string, string>> = {
  LikeAction: 'like',
  CommentAction: 'comment',
  ReplyAction: 'comment',
  ShareAction: 'share',
  WatchAction: 'view',
  ViewAction: 'view',
  ReadAction: 'view',
  ListenAction: 'view',
  BookmarkAction: 'collect',
  DislikeAction: 'dislike',
  FollowAction: 'follow',
};

/** `article`, `video` or `audio` where the page declares it, else `page`. */
export function kindOf({ metas, ld }: Facts): string {
  const og = metas.first('og:type')?.toLowerCase() ?? '';
  const types = ld.main ? typesOf(ld.main) : [];
  if (types.some((type) => /(?:Article|Posting|Report)$/.test(type))) return 'article';
  if (og.startsWith('video') || types.some((type) => /^(?:VideoObject|Movie|Clip)$/.test(type))) return 'video';
  if (
    /^(?:music\.|audio)/.test(og) ||
    types.some((type) => /^(?:AudioObject|PodcastEpisode|MusicRecording)$/.test(type))
  )
    return 'audio';
  return og === 'article' || og === 'blog' ? 'article' : 'page';
}

/** Keywords of the page: at most 50, each once whatever its case. */
export function tagsOf({ metas, ld }: Facts): string[] {
  const lists = [
    ...metas.all('article:tag', 'og:article:tag', 'video:tag', 'book:tag'),
    ...ld.values(ld.main, 'keywords'),
    ...metas.all('news_keywords', 'keywords', 'parsely:tags', 'parsely-tags', 'sailthru:tags', 'dc:subject'),
  ];
  const tags = new Map<string, string>();
  for (const value of lists.slice(0, 200)) {
    const text = isNode(value) ? field(value, 'name') : value;
    if (typeof text !== 'string') continue;
    for (const part of text.slice(0, 5_000).split(/[,;，、；|]/)) {
      const tag = cleanLine(part.replace(/^\s*(?:#|(?:tag|topic|category|keyword):)/i, ''), 200);
      // Some sites put their own flags among the keywords: "Publication:x", "LayerCake:0".
      if (tag !== null && /^[a-z_]+:\S/i.test(tag)) continue;
      if (tag !== null && tag.length <= 100 && tags.size < 50)
        tags.set(tags.has(tag.toLowerCase()) ? '' : tag.toLowerCase(), tag);
    }
  }
  tags.delete('');
  return [...tags.values()];
}

/** True when the page rates itself as for adults (RTA label, `rating`). */
export function nsfwOf({ metas, ld }: Facts): boolean {
  const ratings = metas.all('rating', 'og:rating', 'itemprop:contentrating');
  return (
    ratings.some((rating) => /^(?:adult|mature|restricted|18\+?|RTA-5042-1996-1400-1577-RTA)$/i.test(rating.trim())) ||
    ld
      .values(ld.main, 'isFamilyFriendly')
      .some((value) => value === false || (typeof value === 'string' && /(?:^|\/)false$/i.test(value)))
  );
}

/** Counts of interactions. */
export function statsOf({ ld }: Facts): Record<string, number> {
  const stats: Record<string, number> = {};
  for (const statistic of ld.values(ld.main, 'interactionStatistic').filter(isNode)) {
    const type = field(statistic, 'interactionType');
    const action = isNode(type) ? typesOf(type)[0] : typeof type === 'string' ? type.replace(/^.*\//, '') : undefined;
    const name = action !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined;
    const count = Number(field(statistic, 'userInteractionCount'));
    if (name !== undefined && Number.isFinite(count) && count >= 0)
      stats[name] = Math.max(stats[name] ?? 0, Math.floor(count));
  }
  const comments = Number(ld.values(ld.main, 'commentCount')[0]);
  if (stats['comment'] === undefined && Number.isFinite(comments) && comments >= 0)
    stats['comment'] = Math.floor(comments);
  return stats;
}
