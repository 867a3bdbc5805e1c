import type { ParsedMedia } from '@vaultstream/contracts';
import { isVaultError } from '@vaultstream/contracts';
import { itemsOf, membersOf, parseJson } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { addressOf, joined, memberAt, pictureOf } from '../fields.ts';

/** Something else that a post shows: a video, an article, a live room, a series, an album ... */
export interface Card {
  title: string | null;
  /** Title, what it says of itself, and its address: a line each. */
  text: string;
  covers: (ParsedMedia | null)[];
}

type Given = Readonly<Record<string, unknown>>;

/**
 * The card in a holder such as `additional` or `link_card.card`: the member that its `type` names, or the only one that is there. All kinds have
 * the same few fields under a handful of names (bilibili-API-collect, docs/dynamic/all.md).
 * @param but Members that are read elsewhere.
 * @returns null where there is none.
 */
export function cardIn(holder: unknown, but: readonly string[] = []): Card | null {
  const { type, ...members } = membersOf(holder);
  const named = typeof type === 'string' ? /_TYPE_([A-Z_]{1,40})$/.exec(type)?.[1]?.toLowerCase() : undefined;
  if (named !== undefined && but.includes(named)) return null;
  const given = Object.entries(members).filter(([name, value]) => isObject(value) && !but.includes(name));
  const entry = given.find(([name]) => name === named) ?? given[0];
  if (!entry) return null;
  const [name, value] = entry;
  const card = name === 'live_rcmd' ? liveIn(value) : membersOf(value);
  const title = cleanLine(card['title'], 500) ?? cleanLine(card['name'], 500);
  const covers = [card['cover'], ...itemsOf(card['covers'])].map((url) => pictureOf(url));
  const text = joined([title, aboutOf(card), addressOf(card['jump_url'] ?? card['link'])], '\n');
  return text === '' && covers.every((cover) => cover === null) ? null : { title, text, covers };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function aboutOf(card: Given): string | null {
  const names = ['desc', 'sub_title', 'desc1', 'desc_first', 'label', 'area_name'];
  return names.map((name) => cleanLine(card[name], 2_000)).find((text) => text !== null) ?? null;
}

/** A live room comes as JSON inside the JSON. */
function liveIn(value: unknown): Given {
  const { content } = membersOf(value);
  if (typeof content !== 'string') return membersOf(value);
  try {
    return membersOf(memberAt(parseJson(Buffer.from(content)), 'live_play_info'));
  } catch (error) {
    if (isVaultError(error)) return {};
    throw error;
  }
}
