/**
 * `npm start`: installs what is missing, builds what is stale, then becomes VaultStream: one process with everything embedded.
 */
import { join } from 'node:path';
import { become } from './lib/processes.mjs';
import { ensureBuilt, ensureInstalled, envFile, pinnedNode, readFlags, root } from './lib/workspace.mjs';

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node 20 or newer is needed to install VaultStream; this is ${process.version}`);
  process.exit(1);
}
readFlags(
  'npm start: runs VaultStream until Ctrl-C. Settings are environment variables, or lines of a file .env: .env.example explains each.',
);
ensureInstalled();
ensureBuilt();

/**
 * glibc gives each thread an arena of its own, and what is freed there may stay with the process: one arena for all. In the few runs there are
 * (docs/performance.md) this took mostly less memory after work, not always. Other systems do not know the name.
 */
const memory = { MALLOC_ARENA_MAX: '1' };

await become(
  pinnedNode(),
  [
    ...envFile(),
    // MiB. Young objects of an idle server need no more; the default of 16 keeps some 20 MiB for nothing.
    '--max-semi-space-size=2',
    join(root, 'apps/standalone/dist/main.js'),
  ],
  // What somebody has set himself stands.
  { ...memory, ...process.env },
);
