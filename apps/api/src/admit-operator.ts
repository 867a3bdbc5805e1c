import type { INestApplicationContext } from '@nestjs/common';
import type { ProcessStart } from '@vaultstream/runtime';
import { Tokens } from '@vaultstream/store';

/**
 * Lets the token of API_TOKEN in, and shuts out the one that stood there before. None is made here: many replicas start at once, and
 * nobody reads what they print.
 */
export async function admitOperator(app: INestApplicationContext, { env, logger }: ProcessStart): Promise<void> {
  await app.get(Tokens).ensureBootstrap(env.api.bootstrapToken);
  if (env.api.bootstrapToken === undefined)
    logger.warn({ name: 'token.none' }, 'API_TOKEN is not set: only tokens that were made before open the door');
}
