import type { ArticleBody } from './body.ts';
import { htmlBody } from './html-body.ts';
import { opsBody } from './ops-body.ts';

/**
 * Reads `content`, which is HTML or, since about 2024, the editor's JSON. The article's `type` (3 for JSON) is not asked: what it is can be seen.
 * @throws BadPayload for HTML that is nested beyond all reason.
 */
export function articleBody(content: unknown): ArticleBody {
  if (typeof content !== 'string') return { text: '', pictures: [] };
  const ops = content.trimStart().startsWith('{') ? opsBody(content) : null;
  return ops ?? htmlBody(content);
}
