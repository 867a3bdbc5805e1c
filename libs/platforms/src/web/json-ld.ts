import type { DomDocument } from './dom.ts';

/** A JSON-LD object. Hostile: read its fields only through `field` and the helpers below. */
export type Node = Readonly<Record<string, unknown>>;

const maxScripts = 50;
const maxNodes = 2_000;
const maxDepth = 12;

const articleTypes = /(?:Article|Posting|Report|LiveBlogUpdate)$/;
const mediaTypes =
  /^(?:VideoObject|Clip|AudioObject|PodcastEpisode|Episode|Movie|MusicRecording|Recipe|Product|Event|Book|Course|HowTo|SoftwareApplication|Question|Dataset)$/;
const pageTypes = /(?:Page|CreativeWork)$/;

/** All JSON-LD of a page as one flat list: arrays, `@graph` and nested objects opened, references by `@id` resolved on demand. */
export class JsonLd {
  private readonly nodes: Node[] = [];
  private readonly byId = new Map<string, Node>();
  /** What the page is about: the first article, else the first other work, else the page itself. */
  readonly main: Node | null;
  /** The first article, if the page is one. */
  readonly article: Node | null;
  private readonly works: readonly Node[];
  /** The parsed scripts, for the record. */
  readonly documents: unknown[] = [];

  constructor(document: DomDocument) {
    let left = maxScripts;
    for (const script of document.querySelectorAll('script[type*="ld+json" i]')) {
      if (left-- <= 0) break;
      const parsed = parseLenient(script.textContent ?? '');
      if (parsed === undefined) continue;
      this.documents.push(parsed);
      this.collect(parsed);
    }
    const works = [articleTypes, mediaTypes, pageTypes].map((types) => this.find(types) ?? null);
    this.article = works[0] ?? null;
    this.works = works.filter((node) => node !== null);
    this.main = this.works[0] ?? null;
  }

  /** Breadth first with a bound on depth and number, so that no nesting can overflow the stack. */
  private collect(root: unknown): void {
    let level: unknown[] = [root];
    for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
      const next: unknown[] = [];
      for (const value of level) {
        if (typeof value !== 'object' || value === null || this.nodes.length >= maxNodes) continue;
        if (!Array.isArray(value)) this.register(value as Node);
        for (const child of Object.values(value))
          if (typeof child === 'object' && next.length < maxNodes * 2) next.push(child);
      }
      level = next;
    }
  }

  private register(node: Node): void {
    const types = typesOf(node);
    if (types.length > 0) this.nodes.push(node);
    const id = field(node, '@id');
    // A reference holds nothing but its id; the node that says more is the one referred to.
    if (typeof id === 'string' && Object.keys(node).length > 1 && !this.byId.has(id)) this.byId.set(id, node);
  }

  /** The first node (nearest to the top) with a type like that. */
  find(type: RegExp): Node | undefined {
    return this.nodes.find((node) => typesOf(node).some((name) => type.test(name)));
  }

  /** A field of a node as a list of values, references resolved. */
  values(node: Node | null | undefined, name: string): unknown[] {
    if (!node) return [];
    const value = field(node, name);
    const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, 100) : [value];
    return list
      .filter((item) => item !== undefined && item !== null)
      .map((item) => {
        const id = isNode(item) ? field(item, '@id') : undefined;
        return typeof id === 'string' ? (this.byId.get(id) ?? item) : item;
      });
  }

  /** The first work (article, other work, page) that has the field, with its values. */
  pick(name: string): unknown[] {
    return this.works.map((node) => this.values(node, name)).find((values) => values.length > 0) ?? [];
  }

  /** The names that values give: texts, or the `name` of objects. */
  namesOf(values: readonly unknown[]): unknown[] {
    return values.flatMap((value) => {
      if (!isNode(value)) return [value];
      const own = field(value, 'name');
      return Array.isArray(own) ? (own.slice(0, 10) as unknown[]) : [own];
    });
  }
}

/** True for a plain object. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own field, never an inherited one. Some sites write `schema:name`. */
export function field(node: Node, name: string): unknown {
  if (Object.hasOwn(node, name)) return node[name];
  const prefixed = `schema:${name}`;
  return Object.hasOwn(node, prefixed) ? node[prefixed] : undefined;
}

/** The type names without their vocabulary. */
export function typesOf(node: Node): string[] {
  const type = field(node, '@type');
  const list = Array.isArray(type) ? type.slice(0, 10) : [type];
  return list.filter((name) => typeof name === 'string').map((name) => name.slice(0, 200).replace(/^.*[/:#]/, ''));
}

/** JSON as people write it into templates: comments around it, raw line breaks in strings, commas too many. Undefined when it is none. */
function parseLenient(text: string): unknown {
  const body = text
    .trim()
    .replace(/^(?:<!--|\/\*<!\[CDATA\[\*\/|\/\/<!\[CDATA\[|<!\[CDATA\[)/, '')
    .replace(/(?:-->|\/\*\]\]>\*\/|\/\/\]\]>|\]\]>);?$/, '')
    .trim();
  if (body === '') return undefined;
  const plain = body.replace(/\p{Cc}+/gu, ' ');
  const repaired = plain.replace(/,\s*(?=[}\]])/g, '').replace(/;$/, '');
  for (const attempt of [body, plain, repaired])
    try {
      return JSON.parse(attempt);
    } catch {
      continue;
    }
  return undefined;
}
