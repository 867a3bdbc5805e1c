import { Prisma } from '../generated/client.ts';
import { containsPattern, isOutdatedText, searchSection, searchWords } from './search-text.ts';

/**
 * How well a row of `contents c` that has every word of a query fits it: 3 when all of them stand in the title, 2 when all stand in title,
 * author or tags, else 1; so 1 for a row whose search text is still that of an older release. With `created_at` and the id behind it, it is the
 * order `relevance`.
 */
export function relevanceOf(q: string): Prisma.Sql {
  const patterns = searchWords(q).map(containsPattern);
  if (patterns.length === 0) return Prisma.sql`1`;
  const [title, labels] = [searchSection(1), searchSection(2)];
  const inTitle = patterns.map((pattern) => Prisma.sql`${title} LIKE ${pattern}`);
  const inEither = patterns.map((pattern) => Prisma.sql`(${title} LIKE ${pattern} OR ${labels} LIKE ${pattern})`);
  return Prisma.sql`CASE WHEN ${isOutdatedText} THEN 1 WHEN ${Prisma.join(inTitle, ' AND ')} THEN 3
    WHEN ${Prisma.join(inEither, ' AND ')} THEN 2 ELSE 1 END`;
}
