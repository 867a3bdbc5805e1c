/**
 * Keeps a message from saying the same thing twice: an article whose text begins with its heading, a short post whose title is its text, a
 * longer one whose title is its beginning.
 * @param title One clean line.
 * @param text Clean paragraphs.
 */
export function withoutEcho(title: string, text: string): { title: string; text: string } {
  if (title === '' || text === '') return { title, text };
  const flat = text.replace(/\s+/gu, ' ');
  const stem = withoutEllipsis(title);
  if (flat === title || flat === stem) return { title, text: '' };
  if (stem !== title && stem !== '' && flat.startsWith(stem)) return { title: '', text };
  const [first = '', ...rest] = text.split('\n');
  if (first.replace(/\s+/gu, ' ').trim() === title) return { title, text: rest.join('\n').trim() };
  return { title, text };
}

function withoutEllipsis(title: string): string {
  const end = ['…', '...'].find((one) => title.endsWith(one));
  return end === undefined ? title : title.slice(0, -end.length).trimEnd();
}
