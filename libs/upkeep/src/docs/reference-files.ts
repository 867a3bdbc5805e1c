import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pageScript, pageStyle } from './reference-page.ts';

/** A file of the API reference, as it is served. */
export interface ReferenceFile {
  type: string;
  /** Strong, over the bytes before compression. */
  etag: string;
  bytes: Buffer;
  gzipped: Buffer;
}

const require = createRequire(import.meta.url);

const types = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
};

/** The files that the page loads and no others: those of the npm package `swagger-ui-dist` as they are, and two of our own. */
const sources: Record<string, { type: string; read: () => Promise<Buffer> }> = {
  'page.css': { type: types.css, read: async () => Buffer.from(pageStyle) },
  'page.js': { type: types.js, read: async () => Buffer.from(pageScript) },
  'swagger-ui.css': { type: types.css, read: () => readPackaged('swagger-ui.css') },
  'swagger-ui-bundle.js': { type: types.js, read: () => readPackaged('swagger-ui-bundle.js') },
  'favicon-32x32.png': { type: types.png, read: () => readPackaged('favicon-32x32.png') },
};

const loaded = new Map<string, Promise<ReferenceFile>>();

/**
 * A file of the API reference by its name; null for any other name. Read and compressed once, when the page is first looked at: who asks
 * again costs nothing, and a process whose page nobody looks at has none of it in memory.
 */
export async function referenceFile(name: string): Promise<ReferenceFile | null> {
  if (!Object.hasOwn(sources, name)) return null;
  const known = loaded.get(name) ?? load(name);
  loaded.set(name, known);
  try {
    return await known;
  } catch (error) {
    loaded.delete(name);
    throw error;
  }
}

async function load(name: string): Promise<ReferenceFile> {
  const source = sources[name];
  if (!source) throw new Error(`there is no ${name}`);
  const bytes = await source.read();
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { type: source.type, etag, bytes, gzipped: await promisify(gzip)(bytes) };
}

function readPackaged(name: string): Promise<Buffer> {
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
  return readFile(join(folder, name));
}
