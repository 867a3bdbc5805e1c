import { isVaultError, type VaultError } from '@vaultstream/contracts';
import type { Thing } from './address.ts';
import { fromApi, fromPage, type Data, type ZhihuContext } from './sources.ts';

/** A thing, and who gave it. */
export interface FoundThing {
  data: Data;
  source: 'api' | 'page';
}

/**
 * Asks the API, then the page, wherever the API has no last word (it wants signatures of some, and its risk control is another one).
 * When both refuse, "not there" holds, else what may pass by itself, else the API's word.
 * @throws NotFound, AccessDenied, RateLimited, NetworkError, UpstreamError, BadPayload
 */
export async function readThing(thing: Thing, ctx: ZhihuContext): Promise<FoundThing> {
  try {
    return { data: await fromApi(thing, ctx), source: 'api' };
  } catch (error) {
    const first = known(error, ctx);
    if (first.name === 'NotFound') throw first;
    try {
      return { data: await fromPage(thing, ctx), source: 'page' };
    } catch (second) {
      throw worst([first, known(second, ctx)], first);
    }
  }
}

/** An abort and a bug stay what they are. */
function known(error: unknown, ctx: ZhihuContext): VaultError {
  ctx.signal.throwIfAborted();
  if (!isVaultError(error)) throw error;
  return error;
}

function worst(errors: readonly VaultError[], otherwise: VaultError): VaultError {
  const named = (name: string) => errors.find((error) => error.name === name);
  return named('NotFound') ?? named('RateLimited') ?? errors.find(({ retryable }) => retryable) ?? otherwise;
}
