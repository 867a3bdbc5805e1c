/** `npm run restore -- --from <backup>`: installs and builds what is missing, then restores. */
import { join } from 'node:path';
import { become } from './lib/processes.mjs';
import { ensureBuilt, ensureInstalled, envFile, helpIfAsked, pinnedNode, root } from './lib/workspace.mjs';

// The same words as those of the product, which is not there yet at the first call.
helpIfAsked(`npm run restore -- --from <backup>   brings a backup into this installation (DATA_DIR or DATABASE_URL); stop it before.
  --from <folder>        a backup, or a folder of backups: then its newest
  --replace              what is there now may go. Without it, a database that holds data is left alone
  --nothing-sent-since   nothing was sent after the backup was made: send on. Without it, what was on its way waits for a person
  --finish               brings nothing: puts a database right that pg_restore has restored (see docs/operate/backup.md)
BACKUP_PASSPHRASE opens the key for secrets that is in the backup.`);

ensureInstalled();
ensureBuilt();
await become(pinnedNode(), [...envFile(), join(root, 'apps/standalone/dist/restore.js'), ...process.argv.slice(2)]);
