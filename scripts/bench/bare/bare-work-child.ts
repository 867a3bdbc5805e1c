/**
 * What reading a page or converting a picture costs when nothing else is done: one child of `BareWork`. It reads the files that it is named
 * into memory first, then does what it is asked, one piece of work at a time.
 *
 *   node --import ./scripts/source.mjs scripts/bench/bare/bare-work-child.ts <how> <folder>
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import sharp from 'sharp';
import { extractPage } from '../../../libs/platforms/src/web/extract-page.ts';

const [, , how = '', folder = ''] = process.argv;
const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

// One picture at a time on one core: as many children as cores then use them best, as a bare loop would that somebody had tuned.
sharp.concurrency(1);
sharp.cache(false);

/** The library alone: its text of the page. */
function readability(bytes: Buffer): void {
  const { document } = parseHTML(bytes.toString());
  new Readability(document).parse();
}

async function work(name: string): Promise<void> {
  const bytes = files.get(name);
  if (!bytes) throw new Error(`there is no ${name}`);
  if (!name.endsWith('.html')) await sharp(bytes).autoOrient().webp({ quality: 80 }).toBuffer();
  else if (how === 'reader') extractPage(bytes.toString(), 'https://press0.example.net/page');
  else readability(bytes);
}

process.on('message', (name: string) => {
  work(name).then(
    () => process.send?.(name),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
