import type { DomDocument, DomElement } from '../dom.ts';

/** Where other texts than the page's own are announced, and tables of facts, whose dates and names belong to their subject. */
const elsewhere =
  'aside, nav, footer:not(article footer), table.infobox, [class*="comment" i]:not(body):not(article):not(main), [id="comments" i], [class*="related" i]:not(body):not(article):not(main), [class*="sidebar" i]:not(body):not(article):not(main)';
/** How many elements are looked at. */
const maxLooked = 50;

/** The first `count` elements of a selector that belong to the text of the page, not to comments, teasers or side columns. */
export function ofTheText(document: DomDocument, selector: string, count: number): DomElement[] {
  return [...document.querySelectorAll(selector)]
    .slice(0, maxLooked)
    .filter((element) => element.closest(elsewhere) === null)
    .slice(0, count);
}
