import { Readability, isProbablyReaderable } from '@mozilla/readability';
import { cleanParagraphs } from '../clean/text.ts';
import { picturesIn } from './pictures.ts';
import { textOf } from './text-of.ts';
import type { DomDocument, DomElement } from './dom.ts';
import type { PageMedia } from './page.ts';

/** A page with more elements is read without looking for its article: the search is not linear. */
const maxElements = 60_000;
/** Limit of the content schema: UTF-16 units. */
const maxText = 200_000;

/** The readable part of a page. */
export interface Article {
  text: string | null;
  images: PageMedia[];
  /** What Readability thinks, uncleaned; good as a last resort. */
  title: string | null;
  byline: string | null;
  excerpt: string | null;
  /** True when the page is mostly one text. */
  readable: boolean;
}

const nothing: Article = { text: null, images: [], title: null, byline: null, excerpt: null, readable: false };

/** Finds the article of a page with Mozilla's Readability. Destroys the document, so everything else must have been read before. */
export function readArticle(document: DomDocument, base: string): Article {
  if (document.querySelectorAll('*').length > maxElements) return { ...nothing, text: wholeText(document) };
  const readable = isProbablyReaderable(document);
  const parsed = new Readability<DomElement>(document, {
    serializer: (node) => node as DomElement,
    // Metadata come from our own reading of JSON-LD, which is more lenient.
    disableJSONLD: true,
    charThreshold: 250,
    // The classes tell pictures from decoration.
    keepClasses: true,
  }).parse();
  const content = parsed?.content;
  if (!parsed || !content) return { ...nothing, text: wholeText(document) };
  return {
    text: cleanParagraphs(textOf(content), maxText),
    images: picturesIn(content, base),
    title: parsed.title ?? null,
    // Where no text dominates, it may be that of a comment.
    byline: readable ? (parsed.byline ?? null) : null,
    excerpt: parsed.excerpt ?? null,
    readable,
  };
}

function wholeText(document: DomDocument): string | null {
  return document.body ? cleanParagraphs(textOf(document.body), maxText) : null;
}
