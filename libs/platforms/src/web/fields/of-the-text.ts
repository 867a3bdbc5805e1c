import type { DomDocument, DomElement } from '../dom.ts';

const unless = ':not(html, body, main, article)';
/** Other texts than the page's own, and tables of facts, whose dates and names belong to their subject. */
const others = `table.infobox, [id="comments" i], [class*="comment" i]${unless}, [class*="related" i]${unless}`;
/** Around the text. */
const margins = `aside, nav, footer:not(article footer), [class*="sidebar" i]${unless}`;
/** How many elements are looked at. */
const maxLooked = 50;

/** The first `count` elements of a selector that belong to the text of the page, not to comments, teasers or side columns. */
export function ofTheText(document: DomDocument, selector: string, count: number): DomElement[] {
  return [...document.querySelectorAll(selector)].slice(0, maxLooked).filter(belongs).slice(0, count);
}

/** Microdata is explicit enough to be believed in a footer too. */
function belongs(element: DomElement): boolean {
  if (element.closest(others) !== null) return false;
  return element.getAttribute('itemprop') !== null || element.closest(margins) === null;
}
