/** `npm run import -- --from <old data directory or database URL>`: installs and builds what is missing, then imports. */
import { join } from 'node:path';
import { become } from './lib/processes.mjs';
import { ensureBuilt, ensureInstalled, envFile, helpIfAsked, pinnedNode, root } from './lib/workspace.mjs';

// The same words as those of the product, which is not there yet at the first call.
helpIfAsked(`npm run import -- --from <old>   brings an old installation over; stop both before. It may be run again: nothing comes twice.
  --from <old>      its data directory, its SQLite file, or its postgresql:// URL
  --media <folder>  its picture files, where they do not lie beside the database
  --dry-run         only says what would come over
  --report <file>   writes the report as JSON too`);

ensureInstalled();
ensureBuilt();
await become(pinnedNode(), [...envFile(), join(root, 'apps/standalone/dist/import.js'), ...process.argv.slice(2)]);
