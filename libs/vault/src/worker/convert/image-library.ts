import sharp from 'sharp';

/**
 * The oldest libvips that may see a stranger's bytes: 8.18.3 closes CVE-2026-69242, -70652 and -70654 (GHSA-f88m-g3jw-g9cj
 * needs sharp 0.35).
 */
const oldestLibvips = [8, 18, 3];

/** The loaders of what we decode: JPEG, PNG, WebP, GIF and AVIF. SVG, TIFF, PDF, ImageMagick and all others stay blocked. */
const loaders = [
  'VipsForeignLoadJpeg',
  'VipsForeignLoadPng',
  'VipsForeignLoadWebp',
  'VipsForeignLoadNsgif',
  'VipsForeignLoadHeif',
];

/** @throws Error when libvips is older than what we trust with a stranger's bytes. */
export function assertSafeLibvips(version: string): void {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, least] of oldestLibvips.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (!(part === least))
      throw new Error(`libvips ${version} is not safe: ${oldestLibvips.join('.')} or newer is needed`);
  }
}

/**
 * Sets the image library up: one thread, no cache, only the loaders that we want.
 * @throws Error when libvips is too old.
 */
export function setUpImageLibrary(): void {
  assertSafeLibvips(sharp.versions.vips);
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: loaders });
}
