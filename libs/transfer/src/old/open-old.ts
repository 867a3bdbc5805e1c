import { open, readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidInput } from '@vaultstream/contracts';
import { OldPostgres, type OldDatabase } from '@vaultstream/store';
import { MediaFolder } from './media-folder.ts';
import { OldSqlite } from './sqlite.ts';

/** An old installation, open for reading. */
export interface OldInstallation {
  database: OldDatabase;
  /** Null: there are no files to take over. */
  media: MediaFolder | null;
  /** For people, without secrets. */
  description: string;
}

/** Below a directory that somebody names, places where the old version keeps its database. */
const databaseFolders = ['.', 'data', 'backend/data'];
/** And, beside that database or below the directory, its files. */
const mediaFolders = ['media', 'data/media', 'storage'];
/** The first bytes of every SQLite file (https://www.sqlite.org/fileformat.html). */
const sqliteMagic = 'SQLite format 3\u0000';

/**
 * Opens what `--from` names: a `postgresql://` URL, a `sqlite:` path or file, or the data directory of the lite version.
 * @param media Folder of the old media files; looked for beside the database otherwise.
 * @throws InvalidInput in one line that says what was looked for.
 */
export async function openOld(from: string, media?: string): Promise<OldInstallation> {
  const url = from.replace(/^(postgres(?:ql)?|sqlite)\+[a-z0-9]+:/i, '$1:');
  const named = media === undefined ? null : await namedMedia(media);
  if (/^postgres(ql)?:\/\//i.test(url)) {
    const database = await checked(await OldPostgres.open(url));
    return { database, media: named, description: `the Postgres database at ${hostOf(url)}` };
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url) && !/^sqlite:/i.test(url))
    throw new InvalidInput(
      `--from: "${url.split(':')[0]}:" is neither a directory, a sqlite: path nor a postgresql:// URL`,
    );
  const path = resolve(/^sqlite:/i.test(url) ? url.replace(/^sqlite:(?:\/\/\/(?=[^/])|\/\/)?/i, '') : url);
  const file = await databaseFile(path);
  const database = await checked(await OldSqlite.open(file));
  return { database, media: named ?? (await mediaBeside(file, path)), description: `the SQLite database ${file}` };
}

async function namedMedia(folder: string): Promise<MediaFolder> {
  const found = await MediaFolder.open(folder);
  if (!found) throw new InvalidInput(`--media: there is no folder ${folder}`);
  return found;
}

/** Has contents, and is not one of ours already. */
async function checked(database: OldDatabase): Promise<OldDatabase> {
  const tables = await database.tables();
  const reason = !tables.has('contents')
    ? '--from: this database has no table "contents": it is not one of the old version'
    : tables.has('content_keys')
      ? '--from: this is a database of the present version: there is nothing to import'
      : null;
  if (reason === null) return database;
  await database.close();
  throw new InvalidInput(reason);
}

async function databaseFile(path: string): Promise<string> {
  const info = await stat(path).catch(() => null);
  if (info === null) throw new InvalidInput(`--from: there is no ${path}`);
  if (!info.isDirectory()) {
    if (await isSqlite(path)) return path;
    throw new InvalidInput(`--from: ${path} is not a SQLite database`);
  }
  const candidates: string[] = [];
  for (const folder of databaseFolders) {
    const names = await readdir(join(path, folder)).catch(() => []);
    candidates.push(...names.filter((name) => name.endsWith('.db')).map((name) => join(path, folder, name)));
  }
  const databases: string[] = [];
  for (const candidate of candidates) if (await isSqlite(candidate)) databases.push(candidate);
  const usual = databases.find((file) => file.endsWith('/vaultstream.db'));
  const [only, another] = databases;
  if (usual !== undefined) return usual;
  if (only !== undefined && another === undefined) return only;
  throw new InvalidInput(
    only === undefined
      ? `--from: no vaultstream.db (nor another SQLite *.db) in ${path} or its data folder; a Postgres database is named by its postgresql:// URL`
      : `--from: several databases in ${path}: name one of ${databases.join(', ')}`,
  );
}

async function isSqlite(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  if (!handle) return false;
  try {
    const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1') === sqliteMagic;
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}

async function mediaBeside(file: string, path: string): Promise<MediaFolder | null> {
  for (const base of [dirname(file), path])
    for (const folder of mediaFolders) {
      const found = await stat(join(base, folder)).catch(() => null);
      if (found?.isDirectory()) return MediaFolder.open(join(base, folder));
    }
  return null;
}

function hostOf(url: string): string {
  const { host, pathname } = URL.parse(url) ?? { host: 'an address', pathname: '' };
  return `${host}${pathname}`;
}
