import type { ParsedMedia } from '@vaultstream/contracts';
import { itemsOf, membersOf } from '../../clean/json.ts';
import { addressOf, pictureOf } from '../fields.ts';

/** What a line of a post says. */
export interface Line {
  text: string;
  /** Pictures that hide behind the words "look at the picture". */
  pictures: (ParsedMedia | null)[];
  /** Names of topics, without their `#`. */
  topics: string[];
}

/** Pieces of one line that are read. */
const maxNodes = 5_000;
/** Links whose words are the title of what they lead to. */
const titled = /^RICH_TEXT_NODE_TYPE_(?:BV|AV|CV|OGV_SEASON|OGV_EP)$/;

/**
 * Reads the pieces of a line, of both forms: `{type: TEXT_NODE_TYPE_..., word | rich | formula}` and the plain rich nodes of the older one
 * (bilibili-API-collect, docs/opus/rich_text_nodes.md).
 */
export function lineOf(nodes: unknown): Line {
  const line: Line = { text: '', pictures: [], topics: [] };
  let afterAddress = false;
  for (const node of itemsOf(nodes).slice(0, maxNodes)) {
    const { word, rich, formula } = membersOf(node);
    const { text, isAddress } =
      word !== undefined
        ? plain(membersOf(word)['words'])
        : formula !== undefined
          ? plain(membersOf(formula)['latex_content'])
          : richIn(membersOf(rich ?? node), line);
    // An address ends where a space follows, whatever comes next.
    line.text += afterAddress && /^\S/.test(text) ? ` ${text}` : text;
    afterAddress = isAddress;
  }
  return line;
}

/** A piece of a line. */
interface Piece {
  text: string;
  isAddress: boolean;
}

/** The words "web link" stand for their address; a title is followed by it. */
function richIn(node: Readonly<Record<string, unknown>>, line: Line): Piece {
  const type = plain(node['type']).text;
  const { text } = plain(node['text'] ?? node['orig_text']);
  const address = addressOf(node['jump_url']);
  if (type === 'RICH_TEXT_NODE_TYPE_VIEW_PICTURE' && itemsOf(node['pics']).length > 0) {
    line.pictures.push(...picturesOf(node['pics']));
    return plain('');
  }
  if (type === 'RICH_TEXT_NODE_TYPE_TOPIC') line.topics.push(text.replace(/^#|#$/g, ''));
  if (address === null) return plain(text);
  if (type === 'RICH_TEXT_NODE_TYPE_WEB') return { text: address, isAddress: true };
  return plain(titled.test(type) && text !== address ? `${text} (${address})` : text);
}

/** Pictures in a list, whose address is called `url` or `src`. */
export function picturesOf(list: unknown): (ParsedMedia | null)[] {
  return itemsOf(list).map((picture) => {
    const { url, src, ...size } = membersOf(picture);
    return pictureOf(url ?? src, 'content', size);
  });
}

function plain(value: unknown): Piece {
  return { text: typeof value === 'string' ? value : '', isAddress: false };
}
