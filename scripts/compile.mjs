/**
 * Compiles the `src` of projects to `dist` with SWC: ESM, Nest's decorator metadata, `.ts` specifiers rewritten to `.js`.
 * Types are checked by `tsc` over the whole workspace (`npm run check`); emitting and checking apart keeps `npm start` fast.
 *
 *   node scripts/compile.mjs libs/store apps/api
 */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';

const projects = process.argv.slice(2);
if (projects.length === 0) throw new Error('usage: node scripts/compile.mjs <project folder> ...');
for (const project of projects) await compile(project);

async function compile(project) {
  const src = join(project, 'src');
  const out = join(project, 'dist');
  await rm(out, { recursive: true, force: true });
  for (const entry of await readdir(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(out, relative(src, from));
    if (/\.(spec|int-spec|e2e-spec)\.ts$/.test(entry.name) || entry.name.endsWith('.d.ts')) continue;
    await mkdir(dirname(to), { recursive: true });
    if (entry.name.endsWith('.ts')) await compileFile(from, to.replace(/\.ts$/, '.js'));
    else await cp(from, to);
  }
}

async function compileFile(from, to) {
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
  await writeFile(to, `${code}\n//# sourceMappingURL=${basename(to)}.map\n`);
  await writeFile(`${to}.map`, map ?? '');
}
