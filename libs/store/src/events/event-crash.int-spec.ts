import { expect, it } from '@jest/globals';
import type { Tx } from '@vaultstream/contracts';
import { tempDir } from '@vaultstream/testing';
import { pino } from 'pino';
import { Database } from '../database/database.ts';
import { openTx } from '../database/tx.ts';
import { EmbeddedPostgres } from '../embedded/index.ts';
import { deployMigrations } from '../migrate/index.ts';
import { EventFeed } from './event-feed.ts';
import { Events } from './events.ts';

it('a reader that has seen events misses none after a crash of the server, however lately they were committed', async () => {
  const folder = await tempDir();
  const logger = pino({ level: 'silent' });
  // The longest that an asynchronous commit can be told to wait.
  const options = { dataDir: folder.path, logger, settings: { wal_writer_delay: '10s' } };
  const server = await EmbeddedPostgres.start(options);
  await deployMigrations(server.url, logger);
  const append = (db: Database, title: string) =>
    db.transact(async (tx: Tx) => {
      await openTx(tx).$queryRaw`SELECT set_config('synchronous_commit', 'off', true)`;
      await Events.append(tx, [{ type: 'content.pulled', payload: { title } }]);
    });
  const before = new Database({ url: server.url });
  for (const title of ['a', 'b', 'c']) await append(before, title);
  const seen = await new EventFeed(before).after({ xid: 0n, id: 0n }, 10);
  expect(seen.map(({ payload }) => payload)).toEqual([{ title: 'a' }, { title: 'b' }, { title: 'c' }]);
  process.kill(server.pid, 'SIGQUIT');
  await before.close();
  await server.stop();

  const again = await EmbeddedPostgres.start(options);
  const after = new Database({ url: again.url });
  const feed = new EventFeed(after);
  const place = await feed.open(seen.at(-1)?.cursor ?? '', 'cursor');
  await append(after, 'd');
  expect((await feed.after(place, 10)).map(({ payload }) => payload)).toEqual([{ title: 'd' }]);
  await after.close();
  await again.stop();
  await folder.remove();
}, 60_000);
