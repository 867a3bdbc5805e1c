/**
 * Compiles one project's `src` to `dist` with SWC: ESM, Nest's decorator metadata, `.ts` specifiers rewritten to `.js`.
 * Types are checked by `tsc` over the whole workspace (`npm run check`); emitting and checking apart keeps `npm start` fast.
 *
 *   node scripts/compile.mjs libs/store
 */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';

const root = process.argv[2];
if (!root) throw new Error('usage: node scripts/compile.mjs <project folder>');
const src = join(root, 'src');
const out = join(root, 'dist');

await rm(out, { recursive: true, force: true });
for (const entry of await readdir(src, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const from = join(entry.parentPath, entry.name);
  const to = join(out, relative(src, from));
  if (/\.(spec|int-spec|e2e-spec)\.ts$/.test(entry.name) || entry.name.endsWith('.d.ts')) continue;
  await mkdir(dirname(to), { recursive: true });
  if (!entry.name.endsWith('.ts')) {
    await cp(from, to);
    continue;
  }
  const { code, map } = await transformFile(from, {
    swcrc: false,
    sourceMaps: true,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      target: 'es2023',
      transform: { legacyDecorator: true, decoratorMetadata: true },
      rewriteRelativeImportExtensions: true,
    },
    module: { type: 'es6' },
  });
  const file = to.replace(/\.ts$/, '.js');
  await writeFile(file, `${code}\n//# sourceMappingURL=${file.split('/').pop()}.map\n`);
  await writeFile(`${file}.map`, map ?? '');
}
