/**
 * `npm run openapi`: writes docs/openapi.json, the description of the API as the built product makes it. No database is needed: the
 * app is composed, not started. A spec fails when the file and the code differ.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, readFlags, root } from './lib/workspace.mjs';

readFlags('npm run openapi: writes docs/openapi.json, the description of the API as the code makes it.');
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
ensureBuilt();
const { format, resolveConfig } = await import('prettier');
const { describeApi } = await import('../apps/standalone/dist/describe-api.js');
const text = JSON.stringify(await describeApi());
const file = join(root, 'docs/openapi.json');
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'json' }));
process.exit(0);
