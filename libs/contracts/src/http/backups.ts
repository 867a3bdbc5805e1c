import { z } from 'zod';

/** Backups over HTTP. */

export const backupSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['nightly', 'manual']).nullable(),
    state: z.enum(['whole', 'damaged']),
    created_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    /** Of the server that it was read from, such as `18.4`. */
    postgres: z.string().nullable(),
    rows: z.int().nullable(),
    /** Of the packed rows on the disk. */
    bytes: z.int().nullable(),
    files: z.int().nullable(),
    file_bytes: z.int().nullable(),
    lost_files: z.int().nullable(),
    secrets_key: z.boolean().nullable(),
  })
  .meta({ id: 'Backup' });
export type BackupView = z.infer<typeof backupSchema>;
