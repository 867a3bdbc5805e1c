import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadPayload, NotFound } from '@vaultstream/contracts';
import { z } from 'zod';

/** The file that makes a folder a backup: written last. */
export const manifestFile = 'manifest.json';

/** A name below the folder of the backup: never a path. */
const plainName = z.string().regex(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/);
const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const file = { file: plainName, sha256, bytes: count };

const manifestSchema = z.strictObject({
  /** Raised when an older VaultStream could not read it any more. */
  format: z.literal(1),
  name: z.string(),
  kind: z.enum(['nightly', 'manual']),
  /** The moment that the rows are of. */
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime(),
  /** Of the server that it was read from. */
  postgres: z.string(),
  migrations: z.array(z.string()),
  sequences: z.array(z.strictObject({ sequence: identifier, last: z.string().regex(/^\d+$/).nullable() })),
  event_months: z.array(z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)),
  tables: z.array(z.strictObject({ table: identifier, columns: z.array(identifier).min(1), rows: count, ...file })),
  /** The list of stored files; `count` and `bytes` are theirs, `lost` of them could not be copied. */
  blobs: z.strictObject({ count, blob_bytes: count, lost: count, ...file }),
  /** The key that the secrets in the rows are sealed with: in the file `secrets.key.json` under a passphrase, or not here. */
  secrets_key: z.strictObject({ id: z.string(), included: z.boolean() }),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** A manifest as text: its last field is the SHA-256 of all the others, so that no flipped byte in it goes unseen. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, null, 2)}\n`;
}

/**
 * Reads the manifest of a backup.
 * @throws NotFound when the folder is no backup; BadPayload when it is damaged, or of a later format.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, manifestFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
      throw new NotFound(`${folder} is not a whole backup: it has no ${manifestFile}.`, { cause: error });
    throw error;
  });
  try {
    const { digest, ...rest } = JSON.parse(text) as Record<string, unknown>;
    if ('format' in rest && rest['format'] !== 1) throw new Error(`it is of format ${String(rest['format'])}`);
    const manifest = manifestSchema.parse(rest);
    if (digest !== digestOf(manifest)) throw new Error('its digest is not that of its fields');
    return manifest;
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
    throw new BadPayload(`${join(folder, manifestFile)} is damaged: ${why}`, { cause });
  }
}

const digestOf = (manifest: Manifest): string => createHash('sha256').update(canonical(manifest)).digest('hex');

/** With sorted names, so that the order in which a parser puts them does not count. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`;
}
