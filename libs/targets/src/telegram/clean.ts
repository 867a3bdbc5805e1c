/** Control characters that Telegram drops or refuses, and NUL. Line feeds stay. */
// eslint-disable-next-line no-control-regex -- control characters are what we look for
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;
/** Embeddings, overrides and isolates: left open, they would turn round what follows. The marks LRM, RLM and ALM stay. */
const bidi = /[\u202a-\u202e\u2066-\u2069]/g;

/** A stranger's text as a message may show it: well-formed, without control characters, at most one empty line in a row. */
export function cleanBlock(text: string | null): string {
  return (text ?? '')
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(controls, ' ')
    .replace(bidi, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** As `cleanBlock`, on one line. */
export function cleanLine(text: string | null): string {
  return cleanBlock(text).replace(/\n+/g, ' ');
}

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Cuts a well-formed text to so many UTF-16 units, the closing ellipsis included, where a person sees a border: never inside an emoji, a flag
 * or a letter with its marks. A single such cluster that is too long is cut at a code point.
 */
export function cutGraphemes(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  // Nothing beyond can move the border; clusters that a person would type are far shorter.
  const head = text.slice(0, max + 256).toWellFormed();
  const border = segmenter.segment(head).containing(max - 1)?.index ?? 0;
  const kept = border > 0 ? text.slice(0, border) : wholePoints(text, max - 1);
  return `${kept.trimEnd()}…`;
}

function wholePoints(text: string, max: number): string {
  const kept = text.slice(0, max);
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** For Telegram's HTML: the three characters that it names, and the quote for attributes. Escape after cutting. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
