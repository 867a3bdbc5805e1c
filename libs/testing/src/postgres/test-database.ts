import { createHash, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import {
  createDatabase,
  databaseUrl,
  deployMigrations,
  dropDatabase,
  readMigrations,
  withClient,
} from '@vaultstream/store/migrate';

/** A database of one test suite. */
export interface TestDatabase {
  url: string;
  /** Ends its sessions and removes it. */
  drop(): Promise<void>;
}

/** Advisory lock of the template: shared while it is cloned, exclusive while it is built. Any number of our own. */
const templateLock = 7_301_124_502;
const templatePrefix = 'vs_template_';

/**
 * A fresh database with all migrations applied, cloned from a template that is built once per server and state of
 * `prisma/migrations`. Call it in `beforeAll` and `drop` it in `afterAll`.
 *
 * The server is the one of `TEST_DATABASE_URL`: yours, or the embedded one that jest's global set-up has started.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = serverUrl();
  const template = await templateName();
  const name = `vs_test_${randomUUID().replaceAll('-', '')}`;
  for (;;) {
    const url = await withTemplateLock(server, 'shared', async () =>
      (await exists(server, template)) ? createDatabase(server, name, template) : null,
    );
    if (url) return { url, drop: () => dropDatabase(server, name) };
    await withTemplateLock(server, 'exclusive', () => buildTemplate(server, template));
  }
}

/** An empty database without migrations: for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const server = serverUrl();
  const name = `vs_test_${randomUUID().replaceAll('-', '')}`;
  return { url: await createDatabase(server, name), drop: () => dropDatabase(server, name) };
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error(
      'TEST_DATABASE_URL is not set: run this test in the jest project "int" or "e2e", which start a Postgres',
    );
  return url;
}

/** The name bears the hash of all migrations, so that a template of another state is never used. */
async function templateName(): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, checksum } of await readMigrations()) hash.update(`${name} ${checksum}\n`);
  return `${templatePrefix}${hash.digest('hex').slice(0, 16)}`;
}

/** Built under another name and renamed when complete: a killed build is never taken for a template. */
async function buildTemplate(server: string, template: string): Promise<void> {
  if (await exists(server, template)) return;
  const draft = `${templatePrefix}draft`;
  const { rows } = await withClient(server, (client) =>
    client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
      templatePrefix,
    ]),
  );
  for (const { datname } of rows) await dropDatabase(server, datname);
  await deployMigrations(await createDatabase(server, draft), pino({ level: 'warn' }));
  await withClient(server, (client) => client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`));
}

async function exists(server: string, name: string): Promise<boolean> {
  const { rowCount } = await withClient(server, (client) =>
    client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]),
  );
  return rowCount === 1;
}

async function withTemplateLock<T>(server: string, mode: 'shared' | 'exclusive', work: () => Promise<T>): Promise<T> {
  return withClient(databaseUrl(server, 'postgres'), async (client) => {
    await client.query(`SELECT pg_advisory_lock${mode === 'shared' ? '_shared' : ''}($1)`, [templateLock]);
    return work();
  });
}
