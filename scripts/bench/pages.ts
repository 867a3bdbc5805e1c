import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BareWork } from './bare/bare-work.ts';
import { atLeast, rateOf, type Sample } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { readPages } from './outside/read-pages.ts';
import { addressOf, Site } from './outside/site.ts';
import { Product } from './product.ts';
import type { Services } from './services.ts';

/**
 * Pages a second from the first share until the last one is read, through the whole product, against linkedom and Readability alone on as
 * many processes as cores, and against our own reader alone: the difference of these two is what we read more of a page than its text.
 */
export async function pages(services: Services, { sizes, pages: from }: BenchOptions): Promise<Sample[]> {
  const all = await readPages(from);
  const site = await Site.start((path) => all[Number(/^\/page\/(\d+)\//.exec(path)?.[1] ?? -1)]);
  const dir = await services.folder('pages');
  // The pages alone: what they show would be asked for where it is not.
  const env = { ENABLE_ARCHIVE_MEDIA_PROCESSING: 'false' };
  const databaseUrl = await services.database('pages');
  const product = await Product.start({ dir, databaseUrl, overrides: site.overrides, env });
  const bare: BareWork[] = [];
  try {
    // Each once: everything that will be needed runs then, and what is no page for us is left out of both.
    const urls = all.map((_, page) => addressOf(`/page/${page}/first`, page));
    await product.share(urls);
    const refused = await product.ended(urls.length);
    const read = [...all.keys()].filter((page) => !refused.includes(urls[page] ?? ''));
    if (refused.length > 0) console.error(`  ${refused.length} of ${all.length} pages cannot be read and are left out`);

    const folder = await services.folder('bare-pages');
    await Promise.all(read.map((page) => writeFile(join(folder, `${page}.html`), all[page] ?? '')));
    const turns = Array.from({ length: sizes.pages }, (_, turn) => read[turn % read.length] ?? 0);
    const rates: number[] = [];
    for (const how of ['libraries', 'reader'] as const) {
      const work = await BareWork.start(how, folder);
      bare.push(work);
      await work.run(read.map((page) => `${page}.html`));
      rates.push(await rateOf(turns.length, () => work.run(turns.map((page) => `${page}.html`))));
    }
    const [libraries = Number.NaN, reader = Number.NaN] = rates;
    const ours = await rateOf(turns.length, async () => {
      await product.share(turns.map((page, turn) => addressOf(`/page/${page}/${turn}`, turn)));
      await product.ended(all.length + turns.length);
    });
    return [
      {
        name: 'pages: share to read, against linkedom + Readability',
        ours,
        bare: libraries,
        unit: 'per second',
        goal: atLeast(0.7),
      },
      { name: 'pages: share to read, against our reader alone', ours, bare: reader, unit: 'per second' },
    ];
  } finally {
    for (const work of bare) work.stop();
    await product.stop();
    await site.stop();
  }
}
