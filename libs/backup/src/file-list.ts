import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { BadPayload } from '@vaultstream/contracts';
import { z } from 'zod';
import { readStored, writeStored, type StoredFile } from './stored-file.ts';

const entrySchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  key: z.string(),
  mime: z.string(),
  size: z.int().nonnegative(),
  /** Its bytes could not be copied. */
  lost: z.literal(true).optional(),
});
/** A stored file that the rows of a backup speak of. */
export type ListedFile = z.infer<typeof entrySchema>;

/** Writes the list of a backup's stored files: one JSON object a line. */
export async function writeFileList(folder: string, files: readonly ListedFile[]): Promise<StoredFile> {
  return writeStored(
    folder,
    'files.jsonl.gz',
    Readable.from(
      (function* () {
        for (const file of files) yield Buffer.from(`${JSON.stringify(file)}\n`);
      })(),
    ),
  );
}

/** Reads it back. @throws BadPayload when it is damaged. */
export async function readFileList(folder: string, stored: StoredFile): Promise<ListedFile[]> {
  // The whole of it is checked before a line of it is believed.
  const lines = (await text(readStored(folder, stored))).split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    throw new BadPayload(`${stored.file} holds a line that is no stored file.`, { cause: parsed.error });
  });
}
