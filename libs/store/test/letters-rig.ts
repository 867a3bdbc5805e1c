import type { Burial, ClaimedTask, Lease, WakeUp } from '@vaultstream/contracts';
import { testDatabase } from '@vaultstream/testing';
import { v7 as uuid } from 'uuid';
import { Database } from '../src/database/database.ts';
import { DeadLetters } from '../src/tasks/dead-letters.ts';
import { PostgresTaskLog } from '../src/tasks/task-log.ts';
import { PostgresTaskStore } from '../src/tasks/task-store.ts';

export type LettersRig = Awaited<ReturnType<typeof lettersRig>>;

export const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
export const burial: Burial = {
  reason: 'max_attempts_reached',
  errorType: 'NetworkError',
  message: 'connection reset\u0000',
  stack: 'at somewhere',
  fingerprint: 'f'.repeat(16),
  attempts: [{ at: '2026-01-01T00:00:00.000Z', type: 'NetworkError', message: 'connection reset' }],
};

/** The task log and its dead letters on a database of their own. `close` it in `afterAll`, `clear` it before each. */
export async function lettersRig() {
  const database = await testDatabase();
  const db = new Database({ url: database.url, poolSize: 20 });
  const log = new PostgresTaskLog();
  const store = new PostgresTaskStore(db);
  const letters = new DeadLetters(db);

  /** Asks for the parse of a content, as a share or a retry does. Answers the task's id. */
  async function ask(contentId: number): Promise<string> {
    const [ref] = await db.transact((tx) =>
      log.append(tx, [
        {
          name: 'content.parse',
          payload: { content_id: contentId },
          dedupeKey: `content.parse:${contentId}`,
          priority: 3,
          trace: { request_id: 'r-9', traceparent },
        },
      ]),
    );
    return ref?.id ?? '';
  }

  /** Begins a run of every task that is due; answers the first. */
  async function claim(): Promise<Lease> {
    const [wakeUp] = await store.takeReady({ parse: 1_000 }, 'test');
    return ((await store.claim(wakeUp as WakeUp, 'w', 60_000)) as ClaimedTask).lease;
  }

  async function claimed(contentId: number): Promise<Lease> {
    await ask(contentId);
    return claim();
  }

  /** A dead letter of the parse of a content. Answers its id. */
  async function dead(contentId: number, more: Partial<Burial> = {}): Promise<string> {
    await store.bury(await claimed(contentId), { ...burial, ...more });
    return (await db.client.deadLetter.findFirstOrThrow({ where: { contentId }, orderBy: { id: 'desc' } })).id;
  }

  /** Many dead letters at once, one second apart, of the contents 1 to `count`; the first is the oldest. */
  async function deadMany(count: number): Promise<void> {
    await db.client.$executeRaw`
      INSERT INTO dead_letters (id, task_id, name, queue, payload, dedupe_key, content_id, reason, error_type, error, detail, attempts,
        fingerprint, created_at)
      SELECT gen_random_uuid(), gen_random_uuid(), 'content.parse', 'parse', jsonb_build_object('content_id', n), 'content.parse:' || n, n,
        'max_attempts_reached', 'NetworkError', 'connection reset', '{"message": "m", "stack": null, "attempts": []}', 1,
        ${burial.fingerprint}, now() - make_interval(secs => ${count}::int - n)
      FROM generate_series(1, ${count}::int) AS n`;
  }

  /** A content that exists. Answers its id. */
  async function content(more: { platform?: string; title?: string } = {}): Promise<number> {
    const url = `https://example.org/${uuid()}`;
    const data = { platform: 'web', url, canonicalUrl: url, ...more };
    return (await db.client.content.create({ data })).id;
  }

  const events = (type: string) =>
    db.client.$queryRaw<{ content_id: number; payload: Record<string, unknown> }[]>`
      SELECT content_id, payload FROM events WHERE type = ${type} ORDER BY id`;

  async function clear(): Promise<void> {
    await db.client.$executeRaw`TRUNCATE tasks, dead_letters, events, contents CASCADE`;
  }

  async function close(): Promise<void> {
    await db.close();
    await database.drop();
  }

  return { db, log, store, letters, ask, claim, claimed, dead, deadMany, content, events, clear, close };
}
