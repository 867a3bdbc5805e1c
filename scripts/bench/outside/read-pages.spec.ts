import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { extractPage } from '../../../libs/platforms/src/web/extract-page.ts';
import { galleryPage } from './own-pages.ts';
import { readPages } from './read-pages.ts';

let dir: Awaited<ReturnType<typeof tempDir>>;
beforeAll(async () => {
  dir = await tempDir();
});
afterAll(() => dir.remove());

describe('readPages', () => {
  it('reads what a folder holds, without the links that lead away from where the page is served', async () => {
    const folder = join(dir.path, 'pages');
    await mkdir(join(folder, 'a/b'), { recursive: true });
    await writeFile(
      join(folder, 'a/b/source.html'),
      `<link href="https://else.example/" rel="canonical"><link rel=stylesheet href="x.css"><meta property="og:url" content="https://else.example/">
      <link type="application/json+oembed" href="https://else.example/oembed"><title>Kept</title>`,
    );
    await writeFile(join(folder, 'a/expected.txt'), 'no page');
    const [page, ...others] = await readPages(folder);
    expect(others).toEqual([]);
    expect(page).toContain('<title>Kept</title>');
    expect(page).toContain('x.css');
    expect(page).not.toContain('else.example');
  });

  it('refuses a folder without pages', async () => {
    const empty = join(dir.path, 'empty');
    await mkdir(empty);
    await expect(readPages(empty)).rejects.toThrow('there is no .html below');
  });
});

describe('our own pages', () => {
  it('are read as articles, all of them with their text', async () => {
    const read = (await readPages(undefined)).map((page) => extractPage(page, 'https://press0.example.net/page/0'));
    expect(read.map(({ contentType }) => contentType)).toEqual(read.map(() => 'article'));
    for (const { title, text } of read) {
      expect(title).toMatch(/^Lamps at noon, part \d$/);
      expect(text?.length).toBeGreaterThan(900);
    }
  });

  it('of a gallery show each of their pictures', () => {
    const pictures = Array.from({ length: 40 }, (_, n) => `/picture/${n}.jpg`);
    const { images } = extractPage(galleryPage('Forty', pictures), 'https://press0.example.net/page/0');
    expect(images.map(({ url }) => new URL(url).pathname)).toEqual(pictures);
  });
});
