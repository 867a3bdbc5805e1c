/** `npm run db:check`: installs and builds what is missing, then looks for what is wrong with the database. */
import { join } from 'node:path';
import { become } from './lib/processes.mjs';
import { ensureBuilt, ensureInstalled, envFile, pinnedNode, readFlags, root } from './lib/workspace.mjs';

readFlags(
  'npm run db:check: whether tables, indexes and rows of the installation of DATA_DIR or DATABASE_URL are whole, whether it runs or not. A line a problem; ends with 1 when there is one, with 2 when it could not look.',
);
ensureInstalled();
ensureBuilt();
await become(pinnedNode(), [...envFile(), join(root, 'apps/standalone/dist/db-check.js')]);
