import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

it('the Prisma client in the repository is that of the schema: npm run db:generate', () => {
  const text = readFileSync('libs/store/src/generated/internal/class.ts', 'utf8');
  const inline = /^ {2}"inlineSchema": (".*"),$/m.exec(text)?.[1] ?? '""';
  // Prisma aligns the columns of what it notes.
  const words = (written: string) => written.trim().replace(/\s+/g, ' ');
  const noted = words(String(JSON.parse(inline)));
  const wanted = words(readFileSync('prisma/schema.prisma', 'utf8'));
  let same = 0;
  while (same < wanted.length && noted[same] === wanted[same]) same++;
  // From the first difference on, in place of two schemas.
  expect(noted.slice(same, same + 100)).toBe(wanted.slice(same, same + 100));
});
