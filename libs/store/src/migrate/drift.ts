import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@vaultstream/runtime';
import { compareCatalogs, readCatalog, type Catalog } from './catalog.ts';
import { createDatabase, dropDatabase, withClient } from './databases.ts';
import { deployMigrations } from './deploy-migrations.ts';
import { schemaSql } from './schema-sql.ts';

/** The schema as it is wanted: Prisma's part and the hand-written one. */
export interface WantedSchema {
  /** Text of schema.prisma. */
  schema: string;
  /** Text of extra.sql, which runs after the SQL of `schema`. */
  extra: string;
}

/** Reads `schema.prisma` and, if there is one, `extra.sql` of a folder. */
export async function readSchema(dir: string): Promise<WantedSchema> {
  const extra = join(dir, 'extra.sql');
  return {
    schema: await readFile(join(dir, 'schema.prisma'), 'utf8'),
    extra: existsSync(extra) ? await readFile(extra, 'utf8') : '',
  };
}

/**
 * Compares what the migrations make with what schema.prisma and extra.sql want, in two scratch databases of a server.
 * @param serverUrl A server where we may make databases. Nothing else there is touched.
 * @param migrations Folder in Prisma's layout.
 * @returns One line per difference.
 */
export async function findDrift(
  serverUrl: string,
  migrations: string,
  wanted: WantedSchema,
  logger: Logger,
): Promise<string[]> {
  const actual = await catalogOf(serverUrl, async (url) => {
    await deployMigrations(url, logger, [], migrations);
  });
  const should = await catalogOf(serverUrl, async (url) => {
    const sql = await schemaSql(null, wanted.schema, url);
    await withClient(url, (client) => client.query(`${sql}\n${wanted.extra}`));
  });
  return compareCatalogs(actual, should);
}

async function catalogOf(serverUrl: string, build: (url: string) => Promise<void>): Promise<Catalog> {
  const name = `vs_scratch_${randomUUID().replaceAll('-', '')}`;
  const url = await createDatabase(serverUrl, name);
  try {
    await build(url);
    return await withClient(url, readCatalog);
  } finally {
    await dropDatabase(serverUrl, name);
  }
}
