import { isElement, type DomElement, type DomNode } from './dom.ts';

/** Elements that begin and end a paragraph. */
const blocks = new Set(
  'address article aside blockquote details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend main nav ol p pre section summary table tbody tfoot thead ul'.split(
    ' ',
  ),
);
/** Elements that stand on a line of their own. */
const lines = new Set(['li', 'tr', 'dt', 'dd']);
/** Elements whose text nobody reads. */
const silent = new Set(
  'script style noscript template svg math iframe object select textarea button head title'.split(' '),
);
/** Longest text that is gathered: UTF-16 units. */
const maxGathered = 400_000;

/**
 * The text of an element with its paragraphs: blocks are parted by an empty line, list items and rows by a line break, white space
 * collapsed as a browser does and kept inside `pre`. A loop, not a recursion: nesting may be deep.
 */
export function textOf(root: DomElement): string {
  const writer = new Writer();
  let node: DomNode | null = root;
  while (node && writer.length < maxGathered) {
    const name: string = isElement(node) ? node.localName : '';
    if (node.nodeType === 3) writer.text(node.nodeValue ?? '');
    else writer.enter(name);
    const child: DomNode | null = name !== '' && !silent.has(name) ? node.firstChild : null;
    node = child ?? following(node, root, writer);
  }
  return writer.toString();
}

/** The next node in the order of the document that is not inside `from`, leaving what ends on the way; null at the end of `root`. */
function following(from: DomNode, root: DomNode, writer: Writer): DomNode | null {
  for (let node: DomNode | null = from; node; node = node.parentNode) {
    if (isElement(node)) writer.leave(node.localName);
    if (node === root) return null;
    if (node.nextSibling) return node.nextSibling;
  }
  return null;
}

class Writer {
  private readonly parts: string[] = [];
  /** Line breaks to write before the next text. */
  private breaks = 0;
  private space = false;
  private pre = 0;
  length = 0;

  text(value: string): void {
    const text = this.pre > 0 ? value : value.replace(/[\t\n\f\r ]+/g, ' ');
    const body = this.pre > 0 ? text : text.replace(/^ | $/g, '');
    if (text.startsWith(' ')) this.space = true;
    if (body === '') return;
    if (this.length > 0) this.parts.push(this.breaks > 0 ? '\n'.repeat(this.breaks) : this.space ? ' ' : '');
    this.parts.push(body);
    this.length += body.length + 1;
    this.breaks = 0;
    this.space = text.endsWith(' ');
  }

  enter(name: string): void {
    if (name === 'br') this.breaks = Math.min(2, this.breaks + 1);
    if (name === 'pre') this.pre++;
    this.part(name);
  }

  leave(name: string): void {
    if (name === 'pre') this.pre--;
    if (name === 'td' || name === 'th') this.space = true;
    this.part(name);
  }

  toString(): string {
    return this.parts.join('');
  }

  private part(name: string): void {
    if (blocks.has(name)) this.breaks = 2;
    else if (lines.has(name)) this.breaks = Math.max(1, this.breaks);
  }
}
