import { pictures, type Page } from './page.ts';

const host = 'news.example.com';

/**
 * Article `n` of a series without an end, at `/articles/<n>`: a page of its own, with a picture of its own and one that all share. For
 * whoever needs many pages.
 * @returns null when this address is none of it
 */
export function seriesPage(of: string, path: string): Page | null {
  const [, number] = /^\/articles\/([1-9]\d{0,6})$/.exec(path) ?? [];
  if (of !== host || number === undefined) return null;
  const day =
    `On day ${number} the keeper of the light wrote down the wind, the oil and the ships, in this order, as on every day before. ` +
    `The wind was from the west and let the lamp alone; the oil was what number ${number} on the list of the company says it has to be.`;
  return {
    host,
    path,
    language: 'en',
    site: 'The Example Harbour News',
    title: `Day ${number} of the light`,
    description: `What the keeper of the light wrote down on day ${number}.`,
    author: 'Tomas Lindqvist',
    published: '2026-03-05T22:40:00Z',
    tags: ['harbour', 'light'],
    paragraphs: [day, `The second page of the book for day ${number} holds a drawing of the glass. ${day}`, day],
    pictures: pictures('320x200', 'png', `light-on-day-${number}`, 'old-quay'),
    facts: 'open-graph',
  };
}
