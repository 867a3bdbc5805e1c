import type { ImportedContent, ImportOutcome, ImportStanding } from '@vaultstream/store';
import type { OldMedia } from '../map/media.ts';
import type { MediaFate } from '../media/stored-media.ts';
import type { ImportRun } from './import-run.ts';
import type { ImportOutcomeName } from './report.ts';

/** An old content on its way. */
export interface Item {
  /** In the old version. */
  id: string;
  content: ImportedContent;
  media: OldMedia[];
  standing: ImportStanding;
}

/** What a dry run expects: as the row stands, and in view of what it has seen before. */
export function guessOutcome({ seen }: ImportRun, { content, standing }: Item): ImportOutcome {
  const names = content.names.slice(0, content.identities).map(({ platform, key }) => `${platform} ${key}`);
  const twin = names.some((name) => seen.has(name));
  for (const name of names) seen.add(name);
  const told = standing === 'new' && twin ? 'merge' : standing;
  const fresh = told === 'new' || told === 'merge';
  const { length: sources } = fresh ? content.sources : [];
  const { length: pushes } = fresh ? content.pushes : [];
  return { standing: told, contentId: 0, sources, pushes, media: {} };
}

const outcomeOf: Record<ImportStanding, ImportOutcomeName> = {
  new: 'imported',
  merge: 'merged',
  known: 'known',
  deleted: 'skipped',
};

/** Where the pictures that are not at hand come from, for the report. */
const fateNotes: Partial<Record<MediaFate, string>> = {
  missing: 'its file is not there: it is fetched again',
  damaged: 'its file is damaged: it is fetched again',
  unsafe: 'its stored key leads out of the media folder: it is fetched again',
  other_format: 'its file is not what the archive holds: it is fetched again',
  lost: 'its file is not there and its address is not known',
};

/** Counts what was written for one content, and what became of its pictures. */
export function tallyOutcome(
  { tally }: ImportRun,
  outcome: ImportOutcome,
  fates: readonly MediaFate[],
  item: Item,
): void {
  const { content } = item;
  tally.add('contents', outcomeOf[outcome.standing]);
  if (outcome.standing === 'deleted') tally.note('contents', 'was deleted here', { example: item.id });
  tally.add('sources', 'imported', outcome.sources);
  tally.add('sources', 'known', outcome.standing === 'deleted' ? 0 : content.sources.length - outcome.sources);
  tally.add('pushes', 'imported', outcome.pushes);
  tally.add('pushes', 'known', content.pushes.length - outcome.pushes);
  for (const fate of fates) {
    tally.add('media', fate === 'stored' || fate === 'skipped' || fate === 'lost' ? fate : 'to_fetch');
    const reason = fateNotes[fate];
    if (reason !== undefined) tally.note('media', reason, { example: `content ${item.id}` });
  }
}
