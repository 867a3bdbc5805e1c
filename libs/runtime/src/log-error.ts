import { errorCode, isError } from './is-error.ts';

/** Causes that are followed: enough to see the driver's error behind ours, and an end for a cycle. */
const maxCauses = 3;

/** An error in a log line. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: LoggedError;
}

/**
 * What is told of an error: name, message, code, stack and its causes. Nothing else that hangs on it: libraries hang whole
 * requests there, headers and all.
 */
export function toLoggedError(error: unknown): LoggedError | string {
  return describe(error, maxCauses);
}

function describe(error: unknown, depth: number): LoggedError | string {
  if (!isError(error)) return typeof error === 'string' ? error : `a thrown ${typeof error}`;
  const code = errorCode(error);
  const cause = isError(error.cause) && depth > 0 ? describe(error.cause, depth - 1) : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(typeof cause === 'object' ? { cause } : {}),
  };
}
