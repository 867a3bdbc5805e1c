import { Database, PostgresTaskLog } from '@vaultstream/store';
import type { World } from './world.ts';

/** Tasks of one transaction. */
const batch = 500;

/** Appends so many parse tasks of contents that there are not, from this id on: they end at once. */
export async function appendTasks({ databaseUrl }: World, count: number, firstId: number): Promise<void> {
  const db = new Database({ url: databaseUrl });
  const log = new PostgresTaskLog();
  try {
    for (let from = 0; from < count; from += batch)
      await db.transact((tx) =>
        log.append(
          tx,
          Array.from({ length: Math.min(batch, count - from) }, (_, index) => ({
            name: 'content.parse' as const,
            payload: { content_id: firstId + from + index },
            contentId: firstId + from + index,
            trace: { request_id: null, traceparent: null },
          })),
        ),
      );
  } finally {
    await db.close();
  }
}
