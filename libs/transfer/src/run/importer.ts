import { StoredMedia, type MediaPolicy } from '../media/stored-media.ts';
import type { OldInstallation } from '../old/open-old.ts';
import { importBots } from './import-bots.ts';
import { importContents } from './import-contents.ts';
import { importRules } from './import-rules.ts';
import type { ImportRun, ImportTarget } from './import-run.ts';
import type { Progress } from './progress.ts';
import { Tally, type ImportReport } from './report.ts';

/** How an import is done. */
export interface ImportOptions {
  /** Null only in a dry run: there is nothing to look at yet. */
  target: ImportTarget | null;
  /** Reads and reports; writes no row and no byte. */
  dryRun: boolean;
  archive: MediaPolicy;
  /** Whether the address policy allows to visit a URL. Decides without any network. */
  mayFetch(url: string): boolean;
  progress: Progress;
  /** Aborted: end after the running batch, with a report that says so. */
  signal: AbortSignal;
}

/** Tables that were looked at, and those that only serve the old version itself. */
const handled = new Set([
  'contents', 'content_sources', 'pushed_records', 'bot_configs', 'distribution_rules', 'distribution_targets', 'bot_chats',
  'alembic_version', 'sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4',
]); // prettier-ignore

/**
 * Brings everything over from an old installation. Each batch is one transaction and changes nothing when it is run again, so a
 * killed import is gone on with by running it once more.
 * @throws InfrastructureError when a database, the disk or the object store is away. What was written until then stays.
 */
export async function importOld(old: OldInstallation, options: ImportOptions): Promise<ImportReport> {
  const { target, dryRun, archive, mayFetch, progress, signal } = options;
  if (!target && !dryRun) throw new Error('an import needs a target');
  const tally = new Tally();
  const run: ImportRun = {
    database: old.database,
    target,
    dryRun,
    tally,
    progress,
    signal,
    mayFetch,
    seen: new Set(),
  };
  const media = new StoredMedia(old.media, archive, dryRun ? null : target);
  let finished = await importContents(run, media);
  progress.end();
  for (const step of [importBots, importRules]) {
    finished &&= !signal.aborted;
    if (finished) await step(run);
  }
  const left = await leftBehind(run);
  return tally.report({ from: old.description, dry_run: dryRun, finished, left_behind: left });
}

async function leftBehind({ database }: ImportRun): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const table of [...(await database.tables())].sort()) {
    const rows = handled.has(table) ? 0 : await database.count(table);
    if (rows > 0) left[table] = rows;
  }
  return left;
}
