import type { INestApplicationContext } from '@nestjs/common';
import type { Logger } from '@vaultstream/runtime';
import { EventPartitions } from '@vaultstream/store';

/** Without a partition of its month an event goes to the default one, so that this may fail: `upkeep.events` tries again. */
export async function ensurePartitions(app: INestApplicationContext, logger: Logger): Promise<void> {
  try {
    await app.get(EventPartitions).ensure();
  } catch (err) {
    logger.warn({ name: 'events.partitions', err }, 'the partitions of the event log could not be made yet');
  }
}
