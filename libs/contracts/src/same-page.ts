/** What a page shows, as far as it tells two pages apart. */
export interface ShownPage {
  title: string | null;
  /** The readable text. */
  text: string | null;
  /** Addresses of its pictures, videos and files. */
  media: readonly string[];
}

/** Characters of a text that are compared: the beginning says enough, and the time is bounded. */
const maxCompared = 20_000;
/** Length of the pieces that two texts are compared by: characters. Longer than a word, so that the same words in another order are another text. */
const pieceLength = 12;
/** Share of their pieces that two texts have in common when they are one: room for an edited paragraph, other navigation, a date. */
const minCommon = 0.5;
/** A shorter text may be a notice that all pages of a site show: then the titles must be equal as well. Characters. */
const noticeLength = 200;

/**
 * Whether two readings show the same page: by far most of their text is the same, whatever its letters' case, punctuation and spacing. Without
 * any text, the same title and at least half of the media. A title alone says nothing. Symmetric; linear in the length of the texts.
 */
export function showSamePage(one: ShownPage, other: ShownPage): boolean {
  const [first, second] = [lettersOf(one.text), lettersOf(other.text)];
  const sameTitle = one.title !== null && lettersOf(one.title) === lettersOf(other.title);
  if (first === '' && second === '')
    return sameTitle && one.media.length > 0 && common(new Set(one.media), new Set(other.media)) >= minCommon;
  if (Math.max(first.length, second.length) < noticeLength && !sameTitle) return false;
  return common(piecesOf(first), piecesOf(second)) >= minCommon;
}

/** Letters and digits of any script, in one spelling. */
function lettersOf(text: string | null): string {
  return (text ?? '')
    .slice(0, maxCompared)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .slice(0, maxCompared); // NFKC may write one character as eighteen
}

function piecesOf(text: string): Set<string> {
  const pieces = new Set<string>();
  for (let start = 0; start <= Math.max(0, text.length - pieceLength); start++)
    pieces.add(text.slice(start, start + pieceLength));
  return pieces;
}

/** What two sets have in common, as a share of all that is in either. */
function common(one: Set<string>, other: Set<string>): number {
  let both = 0;
  for (const piece of one) if (other.has(piece)) both++;
  return both / (one.size + other.size - both);
}
