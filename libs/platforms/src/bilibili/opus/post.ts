import type { ParsedContent, ParsedMedia } from '@vaultstream/contracts';
import { parseDate } from '../../clean/dates.ts';
import { itemsOf, membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { authorOf, joined, memberAt, statsOf } from '../fields.ts';
import { cardIn } from './cards.ts';
import { moduleOf, modulesOf, type Modules } from './modules.ts';
import { lineOf, picturesOf, type Line } from './nodes.ts';
import { paragraphsOf } from './paragraphs.ts';

/** What one post says, without the one that it passes on. */
export interface Post {
  id: string | null;
  title: string | null;
  text: string;
  pictures: (ParsedMedia | null)[];
  tags: unknown[];
  author: ParsedContent['author'];
  publishedAt: Date | null;
  stats: Record<string, number>;
  /** Why nothing is shown: `blocked` for those who do not pay or are not logged in, `gone` when it was removed. */
  hidden: { why: 'blocked' | 'gone'; said: string | null } | null;
}

/** Reads a post of either form; everything but its shape may be missing. */
export function postOf(item: unknown): Post {
  const modules = modulesOf(item);
  const author = moduleOf(modules, 'author');
  const { title, text, pictures, topics } = whatIsSaid(modules);
  const topic = moduleOf(modules, 'topic')['name'] ?? memberAt(moduleOf(modules, 'dynamic'), 'topic', 'name');
  return {
    id: /^\d{1,20}$/.exec(cleanLine(membersOf(item)['id_str'], 30) ?? '')?.[0] ?? null,
    title,
    text,
    pictures,
    tags: [topic, ...topics],
    author: authorOf(author['mid'], author['name'], author['face']),
    publishedAt: parseDate(author['pub_ts']),
    stats: statsIn(moduleOf(modules, 'stat')),
    hidden: hiddenIn(item, modules),
  };
}

interface Said extends Line {
  title: string | null;
}

/** The newer form has a title, an album at its top and paragraphs; the older one a text, and one major thing. */
function whatIsSaid(modules: Modules): Said {
  const album = picturesOf(memberAt(moduleOf(modules, 'top'), 'display', 'album', 'pics'));
  const content = paragraphsOf(moduleOf(modules, 'content')['paragraphs']);
  const { desc, major, additional } = moduleOf(modules, 'dynamic');
  const { draw, opus } = membersOf(major);
  const lines = [textIn(desc), textIn(membersOf(opus)['summary']), content];
  const [card, beside] = [cardIn(major, ['draw', 'opus', 'none', 'blocked']), cardIn(additional)];
  return {
    title:
      cleanLine(moduleOf(modules, 'title')['text'], 2_000) ??
      cleanLine(membersOf(opus)['title'], 2_000) ??
      card?.title ??
      null,
    // Some answers tell one text twice, in the older way and in the newer.
    text: joined([...new Set([...lines.map(({ text }) => text), card?.text, beside?.text])]),
    pictures: [
      ...album,
      ...lines.flatMap(({ pictures }) => pictures),
      ...picturesOf(memberAt(draw, 'items')),
      ...picturesOf(memberAt(opus, 'pics')),
      ...(card?.covers ?? []),
    ],
    topics: lines.flatMap(({ topics }) => topics),
  };
}

/** A text with its pieces; where they say nothing, as it stands. */
function textIn(desc: unknown): Line {
  const { rich_text_nodes: nodes, text } = membersOf(desc);
  const line = lineOf(nodes);
  return line.text === '' && typeof text === 'string' ? { ...line, text } : line;
}

function hiddenIn(item: unknown, modules: Modules): Post['hidden'] {
  const major = membersOf(moduleOf(modules, 'dynamic')['major']);
  const blocked = modules.get('blocked') ?? (major['blocked'] === undefined ? undefined : membersOf(major['blocked']));
  if (blocked) return { why: 'blocked', said: cleanLine(blocked['hint_message'] ?? blocked['title'], 300) };
  const gone = membersOf(item)['type'] === 'DYNAMIC_TYPE_NONE' || major['type'] === 'MAJOR_TYPE_NONE';
  return gone ? { why: 'gone', said: cleanLine(memberAt(major['none'], 'tips'), 300) } : null;
}

function statsIn(stat: Readonly<Record<string, unknown>>): Record<string, number> {
  const count = (name: string) => memberAt(stat[name], 'count');
  return statsOf({
    like: count('like'),
    collect: count('favorite'),
    coin: count('coin'),
    share: count('forward'),
    comment: count('comment'),
  });
}

/** True for an answer that holds a post at all. */
export function isPost(item: unknown): boolean {
  const { modules } = membersOf(item);
  return itemsOf(modules).length > 0 || Object.keys(membersOf(modules)).length > 0;
}
