/** `npm run import -- --from <old data directory or database URL>`: installs and builds what is missing, then imports. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, envFile, pinnedNode, root } from './lib/workspace.mjs';

ensureInstalled();
ensureBuilt();
const args = [...envFile(), join(root, 'apps/standalone/dist/import.js')];
// A terminal's Ctrl-C reaches both: the import ends its batch and reports, and only then do we.
process.on('SIGINT', () => {});
const done = spawnSync(pinnedNode(), [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(done.status ?? 1);
