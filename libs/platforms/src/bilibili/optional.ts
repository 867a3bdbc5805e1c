import { isVaultError } from '@vaultstream/contracts';
import type { BilibiliContext } from './api.ts';

/**
 * What is only nice to have, such as tags: a refusal gives `otherwise`, and a line in the log. An abort and a bug stay what they are.
 * @param what For the log, such as `tags`.
 */
export async function optional<T>(ctx: BilibiliContext, what: string, otherwise: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!isVaultError(error)) throw error;
    ctx.log.debug({ what, error_type: error.name }, 'kept without what could not be had');
    return otherwise;
  }
}
