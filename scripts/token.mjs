/** `npm run token`: installs and builds what is missing, then makes an admin token. */
import { join } from 'node:path';
import { become } from './lib/processes.mjs';
import { ensureBuilt, ensureInstalled, envFile, pinnedNode, readFlags, root } from './lib/workspace.mjs';

readFlags(
  'npm run token: prints a new admin token for the installation of DATA_DIR or DATABASE_URL, whether it runs or not. Its own line on stdout.',
);
ensureInstalled();
ensureBuilt();
await become(pinnedNode(), [...envFile(), join(root, 'apps/standalone/dist/token.js')]);
