import { isVaultError } from '@vaultstream/contracts';
import type { ImportOutcome, OldDatabase, OldRow } from '@vaultstream/store';
import { mapContent } from '../map/content.ts';
import { text } from '../map/values.ts';
import type { StoredMedia } from '../media/stored-media.ts';
import { guessOutcome, tallyOutcome, type Item } from './content-outcome.ts';
import type { ImportRun } from './import-run.ts';

/** Contents of one transaction: far below its five seconds. */
const batchSize = 20;

/** Brings the contents over, with their sources, pictures and pushes: a batch of them a transaction. False when interrupted. */
export async function importContents(run: ImportRun, media: StoredMedia): Promise<boolean> {
  const { database, tally, progress, signal } = run;
  const tables = await database.tables();
  const total = await database.count('contents');
  const pushTotal = tables.has('pushed_records') ? await database.count('pushed_records') : 0;
  let done = 0;
  let pushesSeen = 0;
  progress.at('contents', 0, total);
  for await (const rows of database.pages('contents', batchSize)) {
    if (signal.aborted) return false;
    const related = await relatedRows(database, tables, rows);
    pushesSeen += related.pushes;
    const items = await withStandings(
      run,
      rows.flatMap((row) => mapped(run, row, related)),
    );
    await writeBatch(run, media, items);
    done += rows.length;
    progress.at('contents', done, total);
  }
  tally.note('pushes', 'belongs to no content', { number: pushTotal - pushesSeen });
  return true;
}

interface Related {
  sources: Map<string | null, OldRow[]>;
  pushed: Map<string | null, OldRow[]>;
  pushes: number;
}

async function relatedRows(database: OldDatabase, tables: ReadonlySet<string>, rows: OldRow[]): Promise<Related> {
  const ids = rows.flatMap((row) => text(row['id'], 100) ?? []);
  const of = async (table: string) => (tables.has(table) ? database.ofContents(table, ids) : []);
  const [sources, pushed] = [await of('content_sources'), await of('pushed_records')];
  const byContent = (all: OldRow[]) => Map.groupBy(all, (row) => text(row['content_id'], 100));
  return { sources: byContent(sources), pushed: byContent(pushed), pushes: pushed.length };
}

/** The row in our words; nothing, and a note, for one that cannot be kept. */
function mapped({ tally, mayFetch }: ImportRun, row: OldRow, related: Related): Item[] {
  const id = text(row['id'], 100);
  const example = id ?? 'without an id';
  const sources = related.sources.get(id) ?? [];
  const pushes = related.pushed.get(id) ?? [];
  const result = mapContent({ row, sources, pushes }, mayFetch);
  if ('skip' in result) {
    tally.add('contents', 'skipped');
    tally.note('contents', result.skip, { example, person: result.person });
    return [];
  }
  for (const remark of result.remarks) tally.note('contents', remark, { example });
  const unsent = 'the old version had not sent it (failed or pending)';
  tally.note('pushes', unsent, { example: `content ${example}`, number: result.unsentPushes });
  return [{ id: example, content: result.content, media: result.media, standing: 'new' }];
}

async function withStandings(run: ImportRun, items: Item[]): Promise<Item[]> {
  const standings = (await run.target?.imports.look(items.map(({ content }) => content))) ?? [];
  return items.map((item, index) => ({ ...item, standing: standings[index] ?? 'new' }));
}

/** One transaction for all; where that fails, one for each, so that a bad one harms no other. */
async function writeBatch(run: ImportRun, media: StoredMedia, items: Item[]): Promise<void> {
  try {
    await write(run, media, items);
  } catch (error) {
    const [only, another] = items;
    if (!only) return;
    if (another) {
      for (const item of items) await writeBatch(run, media, [item]);
      return;
    }
    if (isVaultError(error) && error.disposition === 'infrastructure') throw error;
    const reason = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? error.name) : String(error);
    run.tally.add('contents', 'skipped');
    run.tally.note('contents', `could not be written: ${reason}`, { example: only.id, person: true });
  }
}

async function write(run: ImportRun, media: StoredMedia, items: readonly Item[]): Promise<void> {
  const prepared: { item: Item; taken: Awaited<ReturnType<StoredMedia['take']>> }[] = [];
  for (const item of items) {
    const wanted = item.standing === 'new' || item.standing === 'merge';
    prepared.push({ item, taken: await media.take(wanted ? item.media : []) });
  }
  const { target, dryRun } = run;
  if (dryRun || !target) {
    for (const { item, taken } of prepared) tallyOutcome(run, guessOutcome(run, item), taken.fates, item);
    return;
  }
  const outcomes = await target.work.transact(async (tx) => {
    const written: ImportOutcome[] = [];
    for (const { item, taken } of prepared) written.push(await target.imports.content(tx, item.content, taken.media));
    return written;
  });
  for (const [index, { item, taken }] of prepared.entries()) {
    const outcome = outcomes[index];
    if (outcome) tallyOutcome(run, outcome, Object.keys(outcome.media).length > 0 ? taken.fates : [], item);
  }
}
