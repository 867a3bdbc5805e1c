import type { ParsedMedia } from '@vaultstream/contracts';
import { htmlBody } from './html-body.ts';
import { opsBody } from './ops-body.ts';

/** What an article shows: its text, to be cleaned as all texts are, and its pictures in their order. */
export interface ArticleBody {
  text: string;
  pictures: readonly (ParsedMedia | null)[];
}

/**
 * Reads `content`, which is HTML or, since about 2024, the editor's JSON. The article's `type` (3 for JSON) is not asked: what it is can be seen.
 * @throws BadPayload for HTML that is nested beyond all reason.
 */
export function articleBody(content: unknown): ArticleBody {
  if (typeof content !== 'string') return { text: '', pictures: [] };
  const ops = content.trimStart().startsWith('{') ? opsBody(content) : null;
  return ops ?? htmlBody(content);
}
