import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { emptyDatabase, tempDir, type TestDatabase } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { draftMigration } from './draft-migration.ts';
import { findDrift, readSchema, type WantedSchema } from './drift.ts';

jest.setTimeout(60_000);

const table = (columns: string) => `
datasource db {
  provider = "postgresql"
}

model Note {
  id Int @id @default(autoincrement())
${columns}
  @@map("notes")
}
`;
const original: WantedSchema = {
  schema: table('  text String'),
  extra: `CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $$ SELECT 2 * n; $$;
ALTER TABLE notes ADD CONSTRAINT notes_text_check CHECK (text <> '');
CREATE INDEX notes_long ON notes (id) WHERE length(text) > 100;`,
};

let folder: Awaited<ReturnType<typeof tempDir>>;
let server: TestDatabase;
let prisma: string;

/** A workspace's `prisma` folder with the original schema and its first migration. */
beforeEach(async () => {
  folder = await tempDir();
  server = await emptyDatabase();
  prisma = folder.path;
  await write(original);
  await draft('20260101000000_init');
});
afterEach(async () => {
  await server.drop();
  await folder.remove();
});

async function write({ schema, extra }: WantedSchema): Promise<void> {
  await writeFile(join(prisma, 'schema.prisma'), schema);
  await writeFile(join(prisma, 'extra.sql'), extra);
}
const draft = (name: string) => draftMigration({ prisma, serverUrl: server.url, folder: name, logger: quiet });
const drift = (wanted: WantedSchema) => findDrift(server.url, join(prisma, 'migrations'), wanted, quiet);

describe('findDrift', () => {
  it('finds nothing where migrations and schema agree', async () => {
    expect(await drift(original)).toEqual([]);
  });

  it.each<[string, WantedSchema, string[]]>([
    [
      'a column that no migration makes',
      { ...original, schema: table('  text String\n  more Int @default(3)') },
      ['missing: column public.notes.more: integer NOT NULL DEFAULT 3'],
    ],
    [
      'a column that may be null',
      { ...original, schema: table('  text String?') },
      ['different: column public.notes.text: is text NOT NULL, should be text'],
    ],
    [
      'a changed function',
      { ...original, extra: original.extra.replace('2 * n', '3 * n') },
      [
        expect.stringMatching(
          /^different: function public\.twice\(n integer\): is [\s\S]*2 \* n[\s\S]*3 \* n/,
        ) as unknown as string,
      ],
    ],
    [
      'a constraint and an index that are no longer wanted',
      { ...original, extra: original.extra.split('\n').slice(0, 1).join('\n') },
      [
        "too much: constraint public.notes.notes_text_check: CHECK ((text <> ''::text))",
        'too much: index public.notes_long: CREATE INDEX notes_long ON public.notes USING btree (id) WHERE (length(text) > 100)',
      ],
    ],
  ])('finds %s', async (_name, wanted, lines) => {
    expect(await drift(wanted)).toEqual(lines);
  });
});

describe('draftMigration', () => {
  it('writes nothing when nothing has changed', async () => {
    expect(await draft('20260102000000_nothing')).toEqual({ folder: null, remaining: [] });
  });

  it('writes the difference alone, and the database then is as wanted', async () => {
    await write({
      schema: table('  text String\n  more Int @default(3)'),
      extra: `${original.extra}\nCREATE UNIQUE INDEX notes_more ON notes (more) WHERE more > 3;`,
    });
    const { folder: made, remaining } = await draft('20260102000000_more');
    expect(remaining).toEqual([]);
    expect(await readFile(join(made ?? '', 'migration.sql'), 'utf8')).toBe(
      // A rule about rows that the release before does not know.
      `-- contract: the release before cannot go on with this schema

-- AlterTable
ALTER TABLE "notes" ADD COLUMN     "more" INTEGER NOT NULL DEFAULT 3;

CREATE UNIQUE INDEX notes_more ON notes (more) WHERE more > 3;
`,
    );
    expect(await drift(await readSchema(prisma))).toEqual([]);
  });

  it('guesses whether the release before can go on', async () => {
    const guess = async (name: string, fields: string) => {
      await write({ ...original, schema: table(fields) });
      const { folder: made } = await draft(name);
      return (await readFile(join(made ?? '', 'migration.sql'), 'utf8')).slice(0, 11);
    };
    expect(await guess('20260102000000_a', '  text String\n  more Int @default(3)')).toBe('-- expand: ');
    expect(await guess('20260103000000_b', '  text String\n  more Int @default(3)\n  other String?')).toBe(
      '-- expand: ',
    );
    expect(await guess('20260104000000_c', '  text String\n  more Int @default(3)\n  other String')).toBe(
      '-- contract',
    );
    expect(await guess('20260105000000_d', '  text String\n  other String')).toBe('-- contract');
  });

  it('leaves to its author what it cannot know', async () => {
    await write({ ...original, extra: original.extra.split('\n').slice(0, 2).join('\n') });
    const { folder: made, remaining } = await draft('20260102000000_less');
    expect(remaining).toEqual([expect.stringContaining('too much: index public.notes_long')]);
    const sql = await readFile(join(made ?? '', 'migration.sql'), 'utf8');
    expect(sql).toMatch(/^-- contract: /);
    expect(sql).toContain('-- Left extra.sql, take it back by hand: CREATE INDEX notes_long');
    expect(sql).toContain('-- STILL DIFFERENT, please fill in: too much: index public.notes_long');
  });
});
