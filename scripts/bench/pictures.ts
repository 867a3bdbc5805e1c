import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { BareWork } from './bare/bare-work.ts';
import { atLeast, rateOf, type Sample } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { makePictures, tinyPictures } from './outside/make-pictures.ts';
import { galleryPage } from './outside/own-pages.ts';
import { addressOf, Site } from './outside/site.ts';
import { Product } from './product.ts';
import type { Services } from './services.ts';

const ofAGallery = 10;
const ofAPicturePage = 40;

/** Pictures a second from the first share until the last one is stored, against sharp alone on as many processes as cores. */
export async function pictures(services: Services, options: BenchOptions): Promise<Sample[]> {
  const count = options.sizes.pictures;
  // Few pages with many pictures: reading pages has a part of its own.
  const { ours, bare } = await galleries(services, options, { count, each: ofAPicturePage, readToo: false });
  const goal = atLeast(0.9);
  return [{ name: 'pictures: share to stored, against sharp', ours, bare, unit: 'per second', goal }];
}

/**
 * Pages with ten pictures each a second, from the first share until the last one has settled, against linkedom, Readability and sharp alone
 * doing the same pages and pictures.
 */
export async function endToEnd(services: Services, options: BenchOptions): Promise<Sample[]> {
  const count = options.sizes.galleries * ofAGallery;
  const rates = await galleries(services, options, { count, each: ofAGallery, readToo: true });
  const [ours, bare] = [rates.ours / ofAGallery, rates.bare / ofAGallery];
  const name = 'end-to-end: pages with ten pictures, share to settled';
  return [{ name, ours, bare, unit: 'per second', goal: atLeast(0.7) }];
}

/** Rates in pictures a second. @param wanted How many pictures, how many on a page, and whether the bare side reads the pages too. */
async function galleries(
  services: Services,
  { sizes, pictures: from }: BenchOptions,
  wanted: { count: number; each: number; readToo: boolean },
): Promise<{ ours: number; bare: number }> {
  const { count, each, readToo } = wanted;
  const most = Math.max(sizes.pictures, sizes.galleries * ofAGallery);
  const made = await services.once('pictures', () => makePictures(most, from));
  const warm = await tinyPictures(2 * availableParallelism());
  const starts = Array.from({ length: Math.ceil(count / each) }, (_, page) => page * each);
  const pages = starts.map((start) =>
    galleryPage(
      `Pictures from ${start}`,
      made.slice(start, Math.min(start + each, count)).map((_, n) => `/picture/${start + n}.jpg`),
    ),
  );
  const first = galleryPage(
    'The first page',
    warm.map((_, n) => `/warm/${n}.jpg`),
  );
  const site = await Site.start((path) => {
    const [, kind, number = -1] = /^\/(page|first|picture|warm)\/(\d+)/.exec(path) ?? [];
    if (kind === 'first') return first;
    return { page: pages, picture: made, warm }[kind ?? '']?.[Number(number)];
  });
  const dir = await services.folder('galleries');
  const folder = await services.folder('bare-galleries');
  const names = await writeAll(folder, { pages: readToo ? pages : [], pictures: made.slice(0, count) });
  const databaseUrl = await services.database('galleries');
  const product = await Product.start({ dir, databaseUrl, overrides: site.overrides });
  let work: BareWork | undefined;
  try {
    await product.share([addressOf('/first/0', 0)]);
    await product.settled(1, warm.length);
    work = await BareWork.start('libraries', folder);
    const bareWork = work;
    await bareWork.run(names.slice(0, 2 * availableParallelism()));
    const bare = await rateOf(count, () => bareWork.run(names));
    const ours = await rateOf(count, async () => {
      await product.share(pages.map((_, page) => addressOf(`/page/${page}`, page)));
      await product.settled(1 + pages.length, warm.length + count);
    });
    return { ours, bare };
  } finally {
    work?.stop();
    await product.stop();
    await site.stop();
  }
}

/** @returns The names of the files: each page before its pictures. */
async function writeAll(
  folder: string,
  { pages, pictures: bytes }: { pages: readonly string[]; pictures: readonly Buffer[] },
): Promise<string[]> {
  const files = [
    ...pages.map((page, n) => [`${n}.html`, page] as const),
    ...bytes.map((picture, n) => [`${n}.jpg`, picture] as const),
  ];
  await Promise.all(files.map(([name, content]) => writeFile(join(folder, name), content)));
  return files.map(([name]) => name);
}
