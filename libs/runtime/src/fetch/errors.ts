import { BadPayload, InvalidInput, isVaultError, NetworkError, Refused, type VaultError } from '@vaultstream/contracts';
import { errors } from 'undici';

/** The network failed us. `sent` tells whether the other side may have acted on the request. */
export class FetchFailure extends NetworkError {
  /**
   * @param sent False: surely not a byte of the request left (name, connection or TLS failed). True: it may have taken effect.
   * @param options `status` of an answer whose body did not come to its end.
   */
  constructor(
    message: string,
    readonly sent: boolean,
    options: { cause?: unknown; status?: number | undefined } = {},
  ) {
    super(message, options);
  }
}

/** A redirect led to where our policy does not go. The first request was sent and answered. */
export class RefusedRedirect extends Refused {
  readonly sent = true;
}

/** The network failed, said in words that may be shown. Inside this folder only: callers see a FetchFailure. */
export class Unreached extends Error {
  override readonly name = 'Unreached';
}

/** True when a failed request surely had no effect on the other side, so that it may be repeated without asking. */
export function surelyNotSent(error: unknown): boolean {
  if (!isVaultError(error)) return false;
  const sent = 'sent' in error ? error.sent : undefined;
  if (error.name === 'NetworkError') return sent === false;
  return (error.name === 'Refused' || error.name === 'InvalidInput') && sent !== true;
}

/** A malformed address or header: the caller's mistake, named by field. */
export function invalid(path: 'url' | 'headers', message: string): InvalidInput {
  return new InvalidInput(`${path}: ${message}`, [{ path, message }]);
}

/**
 * Turns whatever a request died of into the shared error family.
 *
 * @param sent Whether the request had begun to leave.
 * @param status Of an answer whose body was being read.
 * @param host For the message. Never a path or query: these may hold secrets.
 */
export function asFetchError(error: unknown, sent: boolean, host: string, status?: number): VaultError {
  if (error instanceof BadPayload && status !== undefined && error.status === undefined)
    return new BadPayload(error.message, { cause: error, status });
  if (isVaultError(error)) return error;
  const code = codeOf(error);
  if (error instanceof Unreached) return new FetchFailure(`${host}: ${error.message}`, sent, { cause: error, status });
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new BadPayload(`${host}: the response headers exceed 16 KiB`, { cause: error });
  if (error instanceof errors.HTTPParserError)
    return new BadPayload(`${host}: not a valid HTTP response`, { cause: error });
  // undici uses one code for our own malformed requests, which never start, and for a proxy that asks for a password.
  if (code === 'UND_ERR_INVALID_ARG' && !sent)
    return new InvalidInput(`cannot send this request to ${host}`, [], { cause: error });
  return new FetchFailure(`${host}: ${reasons.get(code) ?? code}`, sent, { cause: error, status });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** Words for the codes of undici that say little by themselves. */
const reasons = new Map([
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'the response ended before its announced length'],
  ['UND_ERR_SOCKET', 'the connection was closed'],
  ['UND_ERR_ABORTED', 'the proxy does not connect'],
  ['UND_ERR_INVALID_ARG', 'the proxy asks for credentials'],
  ['', 'the request failed'],
]);
