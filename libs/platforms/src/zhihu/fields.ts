import type { ParsedContent, ParsedMedia } from '@vaultstream/contracts';
import { memberAt, statsOf } from '../clean/content-fields.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { pictureOf, pictureUrl } from './pictures.ts';
import type { Data } from './sources.ts';

/** What a kind has read of its thing; the rest is the same for all. */
export interface Said {
  title: string | null;
  description: string | null;
  body_text: string | null;
  media: ParsedMedia[];
  tags: unknown[];
  publishedAt: unknown;
  editedAt: unknown;
  stats: Record<string, number>;
}

/** Who made it. Somebody who hides their name has one for all, and no page. */
export function authorOf(value: unknown): ParsedContent['author'] {
  const { id, url_token, name, avatar_url, user_type, type } = membersOf(value);
  const token = /^[\w.-]{1,100}$/.exec(cleanLine(url_token, 101) ?? '')?.[0] ?? null;
  const number = /^[0-9a-f]{8,64}$/i.exec(cleanLine(id, 65) ?? '')?.[0] ?? null;
  const shown = cleanLine(name, 200);
  const anonymous = token === null || shown === '匿名用户';
  if (shown === null && token === null) return null;
  if (anonymous) return { id: null, name: shown, url: null, avatar_url: null };
  const page = user_type === 'organization' || type === 'organization' ? 'org' : 'people';
  return {
    id: number ?? token,
    name: shown,
    url: `https://www.zhihu.com/${page}/${token}`,
    avatar_url: pictureUrl(avatar_url),
  };
}

/** Counts that all kinds may have. Newer answers tell them as reactions. */
export function statsIn(data: Data): Record<string, number> {
  const reactions = membersOf(memberAt(data['reaction'], 'statistics'));
  return statsOf({
    like:
      data['voteup_count'] ??
      reactions['up_vote_count'] ??
      data['like_count'] ??
      reactions['like_count'] ??
      data['reaction_count'],
    comment: data['comment_count'] ?? reactions['comment_count'],
    thank: data['thanks_count'],
    collect: data['favlists_count'] ?? data['favorite_count'] ?? reactions['favorites'],
    share: reactions['share_count'] ?? data['repin_count'],
  });
}

/** Names of topics. */
export function namesOf(topics: unknown): unknown[] {
  return itemsOf(topics).map((topic) => membersOf(topic)['name']);
}

/** The picture above an article. */
export function coverOf(...values: readonly unknown[]): ParsedMedia[] {
  return values.map((value) => pictureOf(value, 'cover')).find((found) => found.length > 0) ?? [];
}
