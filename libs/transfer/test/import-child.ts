import { randomBytes } from 'node:crypto';
import { LinkSigner, LocalBlobStore } from '@vaultstream/blobs';
import { Blobs, Bots, Database, Imports, PostgresTaskLog, SecretBox, Targets } from '@vaultstream/store';
import { importOld, openOld } from '../src/index.ts';

/** One import as a process of its own, to be killed: `import-child.ts <from> <database URL> <blob folder>`. */
const [from = '', url = '', folder = ''] = process.argv.slice(2);
const db = new Database({ url });
const log = new PostgresTaskLog();
const box = new SecretBox([randomBytes(32)]);
const store = await LocalBlobStore.open(folder, new LinkSigner({ secretsKeys: [randomBytes(32)], expiresS: 60 }));
const imports = new Imports(db, log, new Targets(db, box), new Bots(db, box), box);
await importOld(await openOld(from), {
  target: { work: db, imports, blobs: new Blobs(db), store },
  dryRun: false,
  archive: { enabled: true, maxImages: 100 },
  mayFetch: () => true,
  progress: { at: (label, done) => void process.stdout.write(`${label} ${done}\n`), end: () => undefined },
  signal: new AbortController().signal,
});
await db.close();
