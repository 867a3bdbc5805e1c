import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

it('the Prisma client in the repository is that of the schema: npm run db:generate', () => {
  const text = readFileSync('libs/store/src/generated/internal/class.ts', 'utf8');
  const inline = /^ {2}"inlineSchema": (".*"),$/m.exec(text)?.[1] ?? '""';
  // Prisma aligns the columns of what it notes.
  const words = (written: string) => written.trim().replace(/\s+/g, ' ');
  expect(words(String(JSON.parse(inline)))).toBe(words(readFileSync('prisma/schema.prisma', 'utf8')));
});
