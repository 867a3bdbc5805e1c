import { parseArgs } from 'node:util';
import { InvalidInput } from '@vaultstream/contracts';

/** What the command line of an import says. */
export interface ImportArguments {
  /** The old data directory, SQLite file or database URL. */
  from: string;
  /** Folder of the old media files, where it does not lie beside the database. */
  media: string | undefined;
  dryRun: boolean;
  /** File that gets the report as JSON. */
  report: string | undefined;
}

/** How to call it. */
export const importUsage = [
  'npm run import -- --from <old>   brings an old installation over; stop both before. It may be run again: nothing comes twice.',
  '  --from <old>      its data directory, its SQLite file, or its postgresql:// URL',
  '  --media <folder>  its picture files, where they do not lie beside the database',
  '  --dry-run         only says what would come over',
  '  --report <file>   writes the report as JSON too',
].join('\n');

/** Reads the command line; null when help is asked for. @throws InvalidInput with the usage. */
export function readImportArguments(args: string[]): ImportArguments | null {
  const options = {
    from: { type: 'string' },
    media: { type: 'string' },
    report: { type: 'string' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { values } = parseArgs({ args, options, allowPositionals: false });
    if (values.help) return null;
    if (!values.from) throw new TypeError('--from is missing');
    return { from: values.from, media: values.media, dryRun: values['dry-run'] ?? false, report: values.report };
  } catch (error) {
    throw new InvalidInput(`${error instanceof Error ? error.message : String(error)}\n\n${importUsage}`);
  }
}
