/** `npm run backup`: installs and builds what is missing, then makes or verifies a backup. */
import { join } from 'node:path';
import { become } from './lib/processes.mjs';
import { ensureBuilt, ensureInstalled, envFile, helpIfAsked, pinnedNode, root } from './lib/workspace.mjs';

// The same words as those of the product, which is not there yet at the first call.
helpIfAsked(`npm run backup -- [options]   backs up this installation (DATA_DIR or DATABASE_URL), whether it runs or not.
  --to <folder>      folder of backups; without it BACKUP_DIR, else DATA_DIR/backups. Files that are there already are not copied again
  --recheck          reads the files of earlier backups there too, and writes anew what is damaged
  --verify <folder>  makes none: reads a backup (or the newest in a folder of backups) whole, and says whether it can be restored
BACKUP_PASSPHRASE keeps the key for secrets in the backup, under that passphrase. Exit code 1: something is left for a person.`);

ensureInstalled();
ensureBuilt();
await become(pinnedNode(), [...envFile(), join(root, 'apps/standalone/dist/backup.js'), ...process.argv.slice(2)]);
