import { Parser } from 'htmlparser2';
import { BadPayload } from '@vaultstream/contracts';

/** A widget has about twenty levels. An element that is never closed costs time at each end tag after it. */
const maxDepth = 200;
/** Longest page that is read: characters. A post of ten pictures has 50,000. */
const maxPage = 600_000;
/** Elements with a class that are kept of a page; a post of ten pictures has about a hundred. */
const maxMarks = 5_000;

/** An element with a class, and where it stands in the page. */
export interface Mark {
  readonly classes: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** The nearest element with a class around it. */
  readonly around: Mark | null;
  /** What is between its tags. */
  inner: string;
}

/**
 * The elements of a page that have a class, in order. Read as a stream: no tree is built of a stranger's page.
 * @throws BadPayload for nesting beyond all reason
 */
export function marksOf(page: string): Mark[] {
  const marks: Mark[] = [];
  const open: { mark: Mark | null; from: number }[] = [];
  let nearest: Mark | null = null;
  const parser = new Parser(
    {
      onopentag(_name, attributes) {
        if (open.length >= maxDepth) throw new BadPayload('the HTML is nested too deeply');
        const classes = (attributes['class'] ?? '').split(/\s+/).filter((part) => part !== '');
        const kept = classes.length > 0 && marks.length < maxMarks;
        const mark: Mark | null = kept ? { classes, attributes, around: nearest, inner: '' } : null;
        if (mark) marks.push((nearest = mark));
        open.push({ mark, from: parser.endIndex + 1 });
      },
      onclosetag() {
        const last = open.pop();
        if (!last?.mark) return;
        last.mark.inner = page.slice(last.from, Math.max(last.from, parser.startIndex));
        nearest = last.mark.around;
      },
    },
    { decodeEntities: true },
  );
  parser.end(page.slice(0, maxPage));
  return marks;
}

/** True when the element, or one around it, has the class. */
export function isWithin(mark: Mark | null, name: string): boolean {
  for (let at = mark; at !== null; at = at.around) if (at.classes.includes(name)) return true;
  return false;
}
