import type { ParsedMedia } from '@vaultstream/contracts';

/** What an article shows: its text, to be cleaned as all texts are, and its pictures in their order. */
export interface ArticleBody {
  text: string;
  pictures: readonly (ParsedMedia | null)[];
}
