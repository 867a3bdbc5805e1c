import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@vaultstream/runtime';
import { contractMark, expandMark } from './migration-files.ts';
import { findDrift, readSchema, type WantedSchema } from './drift.ts';
import { schemaSql } from './schema-sql.ts';
import { normalizeSql, splitSql } from './split-sql.ts';

export interface DraftOptions {
  /** The workspace's `prisma` folder. */
  prisma: string;
  /** A server for scratch databases. */
  serverUrl: string;
  /** Folder name: `<YYYYMMDDhhmmss>_<name>`. */
  folder: string;
  logger: Logger;
}

/** What came of it. `folder` is null when there is nothing to do. */
export interface DraftResult {
  folder: string | null;
  /** What the migration does not do yet, for its author: one line a difference. */
  remaining: string[];
}

/**
 * Writes the migration that leads from the last one's schema to today's. Each migration keeps a copy of schema.prisma and extra.sql beside
 * its SQL (Prisma ignores them): the first gives Prisma's own incremental SQL, the second tells which statements are new. Statements that
 * left extra.sql are written as comments, since only their author knows how to take them back.
 */
export async function draftMigration(options: DraftOptions): Promise<DraftResult> {
  const { prisma, serverUrl, logger } = options;
  const migrations = join(prisma, 'migrations');
  const before = await lastSchema(migrations);
  const now = await readSchema(prisma);

  const changes = [
    await schemaSql(before?.schema ?? null, now.schema, serverUrl),
    extraSql(before?.extra ?? '', now.extra),
  ];
  const parts = changes.filter((part) => part !== '');
  const sql = [markOf(parts.join('\n')), ...parts].join('\n\n');
  if (parts.length === 0) return { folder: null, remaining: await findDrift(serverUrl, migrations, now, logger) };

  const folder = join(migrations, options.folder);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(join(folder, 'migration.sql'), `${sql}\n`);
    const remaining = await findDrift(serverUrl, migrations, now, logger);
    const notes = remaining.map((line) => `-- STILL DIFFERENT, please fill in: ${line.replaceAll('\n', ' ')}`);
    if (notes.length > 0) await writeFile(join(folder, 'migration.sql'), `${sql}\n\n${notes.join('\n')}\n`);
    for (const name of ['schema.prisma', 'extra.sql'])
      if (existsSync(join(prisma, name))) await copyFile(join(prisma, name), join(folder, name));
    await writeFile(
      join(migrations, 'migration_lock.toml'),
      '# Read by the Prisma CLI: these migrations are for Postgres.\nprovider = "postgresql"\n',
    );
    return { folder, remaining };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A first guess, for its author to check: what is taken away, renamed or demanded is missed by the release before. */
function markOf(sql: string): string {
  const takes = /\b(?:DROP|RENAME|SET NOT NULL|SET DATA TYPE|UNIQUE|ADD CONSTRAINT)\b|Left extra\.sql/.test(sql);
  const demands = /\bADD COLUMN\b(?![^;,]*\bDEFAULT\b)[^;,]*\bNOT NULL\b/.test(sql);
  return takes || demands
    ? `${contractMark}: the release before cannot go on with this schema`
    : `${expandMark}: the release before can go on with this schema`;
}

async function lastSchema(migrations: string): Promise<WantedSchema | null> {
  const names = existsSync(migrations) ? await readdir(migrations, { withFileTypes: true }) : [];
  const last = names
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .at(-1);
  return last === undefined ? null : readSchema(join(migrations, last));
}

/** The statements that are new in extra.sql, and comments for those that are gone. */
function extraSql(before: string, now: string): string {
  const [old, wanted] = [splitSql(before), splitSql(now)];
  const known = new Set(old.map(normalizeSql));
  const kept = new Set(wanted.map(normalizeSql));
  const gone = old.filter((statement) => !kept.has(normalizeSql(statement)));
  return [
    ...gone.map((statement) => `-- Left extra.sql, take it back by hand: ${normalizeSql(statement)}`),
    ...wanted.filter((statement) => !known.has(normalizeSql(statement))),
  ].join('\n\n');
}
