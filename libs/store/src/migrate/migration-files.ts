import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A migration as it stands in the repository. */
export interface MigrationFile {
  /** `<YYYYMMDDhhmmss>_<name>`; migrations run in the order of their names. */
  name: string;
  sql: string;
  /** SHA-256 of the file's bytes in hex: what Prisma stores. */
  checksum: string;
  /** The release before can go on, and start, with this schema: the file begins with `-- expand`. */
  expands: boolean;
}

/**
 * How a migration begins that takes nothing away from the release before: new tables, views and indexes, new columns that may be left out. The
 * others begin with `-- contract`, and come a release after the last one that needs what they take away.
 */
export const expandMark = '-- expand';
export const contractMark = '-- contract';

/**
 * The workspace's `prisma` folder, found from here upwards, so that it is the same from `src` and from `dist`.
 * @throws Error when there is none.
 */
export function prismaDir(from: string = import.meta.dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'prisma', 'schema.prisma'))) return join(folder, 'prisma');
    if (folder === dirname(folder)) throw new Error(`no folder above ${from} holds prisma/schema.prisma`);
  }
}

/** All migrations of a folder in Prisma's layout, in the order in which they run. A missing folder holds none. */
export async function readMigrations(dir: string = join(prismaDir(), 'migrations')): Promise<MigrationFile[]> {
  if (!existsSync(dir)) return [];
  const folders = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    folders
      .map((entry) => entry.name)
      .sort()
      .map(async (name) => {
        const bytes = await readFile(join(dir, name, 'migration.sql'));
        const sql = bytes.toString('utf8');
        const checksum = createHash('sha256').update(bytes).digest('hex');
        return { name, sql, checksum, expands: sql.startsWith(expandMark) };
      }),
  );
}
