/**
 * `npm run docs:configure`: writes docs/configure.md from .env.example and the schema of the environment. A spec fails when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { continueUnderPinnedNode, ensureInstalled, readFlags, root } from './lib/workspace.mjs';

readFlags('npm run docs:configure: writes docs/configure.md from .env.example and the schema of the environment.');
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
await import('./source.mjs');
const { configurePage } = await import('./configure/page.ts');
const { secretVariables } = await import('../libs/runtime/src/secret-files.ts');
const page = await configurePage(readFileSync(join(root, '.env.example'), 'utf8'), secretVariables);
writeFileSync(join(root, 'docs/configure.md'), page);
