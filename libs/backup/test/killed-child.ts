import { LinkSigner, LocalBlobStore } from '@vaultstream/blobs';
import { makeBackup } from '../src/make-backup.ts';

/** Makes a backup, and says after each stored file how far it is: to be killed on the way. Arguments: database, vault, folder of backups. */
const [databaseUrl = '', vault = '', root = ''] = process.argv.slice(2);
const secretsKey = Buffer.alloc(32, 7);
const store = await LocalBlobStore.open(vault, new LinkSigner({ secretsKeys: [secretsKey], expiresS: 60 }));
await makeBackup({
  databaseUrl,
  store,
  root,
  kind: 'manual',
  secretsKeys: [secretsKey],
  passphrase: undefined,
  onFile: (done) => process.stdout.write(`${done}\n`),
});
process.stdout.write('whole\n');
