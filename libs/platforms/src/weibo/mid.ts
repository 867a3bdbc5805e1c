/**
 * The two names of one status: its number (`mid`, such as `4910815147462302`) and the short one that addresses show (`bid`, such as
 * `N4xlMvjhI`). Seven digits of the number, from its end, are four of the short one, in base 62; the first group may be shorter.
 * As several crawlers do it, such as gist.github.com/mrluanma/6000424; checked with the examples of yt-dlp, extractor/weibo.py.
 */
const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const base = alphabet.length;
const [digitsInGroup, lettersInGroup] = [7, 4];
/** A group of letters can say more than seven digits; such a one is no name. */
const groupLimit = 10 ** digitsInGroup;

const midShape = /^[1-9]\d{9,18}$/;
const bidShape = /^[1-9a-zA-Z][0-9a-zA-Z]{5,11}$/;

/** The short name of a number; null for what is no number of a status (10 to 19 digits). */
export function midToBid(mid: string): string | null {
  if (!midShape.test(mid)) return null;
  const letters = groups(mid, digitsInGroup).map((digits) => write(Number(digits)).padStart(lettersInGroup, '0'));
  return letters.join('').replace(/^0+/, '');
}

/** The number of a short name, whose letters have a case; null for what is none. */
export function bidToMid(bid: string): string | null {
  if (!bidShape.test(bid)) return null;
  const numbers = groups(bid, lettersInGroup).map(read);
  if (numbers.some((number) => number >= groupLimit)) return null;
  const mid = numbers
    .map((number) => String(number).padStart(digitsInGroup, '0'))
    .join('')
    .replace(/^0+/, '');
  return midShape.test(mid) ? mid : null;
}

/** The number of a status by either of its names: digits alone are the number, unless they are too few for one. */
export function midOf(name: string): string | null {
  return midShape.test(name) ? name : bidToMid(name);
}

/** Cuts into groups of `size` from the end. */
function groups(text: string, size: number): string[] {
  const first = text.length % size;
  const rest = text.slice(first).match(new RegExp(`.{${size}}`, 'g')) ?? [];
  return first === 0 ? rest : [text.slice(0, first), ...rest];
}

function write(number: number): string {
  const digit = alphabet.charAt(number % base);
  return number < base ? digit : write(Math.floor(number / base)) + digit;
}

function read(letters: string): number {
  return [...letters].reduce((number, letter) => number * base + alphabet.indexOf(letter), 0);
}
