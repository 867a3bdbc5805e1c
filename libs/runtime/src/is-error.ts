import { types } from 'node:util';

/** Whether something thrown is an error, of this realm or of another (a vm context, a worker's message). */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** The `code` of an error (`ECONNREFUSED`, `FST_ERR_BAD_URL`), or undefined. */
export function errorCode(value: unknown): string | undefined {
  return isError(value) && 'code' in value && typeof value.code === 'string' ? value.code : undefined;
}
