/** Tags of Telegram's HTML that our messages use, with their attributes (core.telegram.org/bots/api#html-style). */
const opening = /^<(b|i|a href="([^"<>]*)")>/;
const closing = /^<\/(b|i|a)>/;
const entity = /^&(amp|lt|gt|quot);/;
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/**
 * Reads a text as strictly as the Bot API: every tag known, closed and nested, every `&` an entity.
 * @returns What is shown, whose UTF-16 units the limits count, and the addresses that it links to.
 * @throws Error where the Bot API would say "can't parse entities".
 */
export function readTelegramHtml(html: string): { shown: string; links: string[] } {
  const open: string[] = [];
  const links: string[] = [];
  let shown = '';
  for (let rest = html; rest !== '';) {
    const [token, name] = opening.exec(rest) ?? closing.exec(rest) ?? entity.exec(rest) ?? [rest[0] ?? ''];
    rest = rest.slice(token.length);
    if (token.startsWith('</')) {
      if (open.pop() !== name) throw new Error(`can't parse entities: unexpected end tag ${token}`);
    } else if (token.length > 1 && token.startsWith('<')) {
      open.push(name?.startsWith('a') ? 'a' : (name ?? ''));
      if (name?.startsWith('a')) links.push(unescape(/"(.*)"/.exec(token)?.[1] ?? ''));
    } else if (token === '<' || token === '>' || token === '&') {
      throw new Error(`can't parse entities: "${token}" stands by itself`);
    } else {
      shown += token.length > 1 ? (entities[name ?? ''] ?? '') : token;
    }
  }
  if (open.length > 0) throw new Error(`can't parse entities: <${open.at(-1)}> is not closed`);
  return { shown, links };
}

const unescape = (text: string): string => text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);
