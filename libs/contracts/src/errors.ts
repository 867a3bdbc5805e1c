/**
 * The error family everyone shares. A class says what went wrong; `retryable` and `disposition` say what to do about it.
 * Only `libs/tasks` turns them into retry, delay or dead letter, and only `runtime` turns them into HTTP answers.
 *
 * `name` is a constant string (it is stored in `last_error_type`): never use `constructor.name`, which minifiers change.
 */

/** What the task runner does with an error. */
export type Disposition =
  | 'retry' // counts as a failure, tried again by the task's policy
  | 'fail' // counts as a failure, final at once
  | 'later' // no failure: run again after `retryAfterMs`
  | 'infrastructure'; // no failure: our own database, broker or object store is away

export interface VaultErrorOptions {
  cause?: unknown;
  /** Milliseconds to wait before the next try, when the other side told us. */
  retryAfterMs?: number;
  /** HTTP status of the upstream answer, if there was one. */
  status?: number;
}

export abstract class VaultError extends Error {
  abstract override readonly name: string;
  abstract readonly disposition: Disposition;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;

  constructor(message: string, options: VaultErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }

  get retryable(): boolean {
    return this.disposition !== 'fail';
  }
}

/** The other side could not be reached, reset the connection or did not answer in time. */
export class NetworkError extends VaultError {
  readonly name = 'NetworkError';
  readonly disposition = 'retry';
}

/** The other side answered 5xx or something that makes sense only as its own failure. */
export class UpstreamError extends VaultError {
  readonly name = 'UpstreamError';
  readonly disposition = 'retry';
}

/** 429, or a platform's own risk control. Retried; `retryAfterMs` wins over the back-off. */
export class RateLimited extends VaultError {
  readonly name = 'RateLimited';
  readonly disposition = 'retry';
}

/** 401 or 403, or a login wall: someone must provide credentials. Dead letter reason `auth_required`. */
export class AccessDenied extends VaultError {
  readonly name = 'AccessDenied';
  readonly disposition = 'fail';
}

/** It is not there (404, 410, deleted), there or here. */
export class NotFound extends VaultError {
  readonly name = 'NotFound';
  readonly disposition = 'fail';
}

/** A kind of thing that we do not handle: file type, URL form, platform. */
export class Unsupported extends VaultError {
  readonly name = 'Unsupported';
  readonly disposition = 'fail';
}

/** The answer, file or payload is malformed or beyond its limits. Trying again gives the same. */
export class BadPayload extends VaultError {
  readonly name = 'BadPayload';
  readonly disposition = 'fail';
}

/** The address of what was read before now leads to something else, which is not taken for it. What was read is kept. */
export class LeadsElsewhere extends VaultError {
  readonly name = 'LeadsElsewhere';
  readonly disposition = 'fail';
}

/** Our own policy refuses: a private address, a forbidden port or scheme, an unsafe redirect. Never sent, never retried. */
export class Refused extends VaultError {
  readonly name = 'Refused';
  readonly disposition = 'fail';
}

/** Not now, and nobody's fault: a limit, a lock, a tombstone. Runs again after `retryAfterMs` without spending an attempt. */
export class Later extends VaultError {
  readonly name = 'Later';
  readonly disposition = 'later';
  /** What is waited for, for programs; undefined where nobody asks. */
  readonly reason: string | undefined;
  /** When the wait is over at the latest. It is looked at earlier (`retryAfterMs`) when it may end earlier. */
  readonly until: Date | undefined;

  constructor(message: string, options: VaultErrorOptions & { reason?: string; until?: Date } = {}) {
    super(message, options);
    this.reason = options.reason;
    this.until = options.until;
  }
}

/** Our own database, broker, disk or object store is away. Never counted against the work. HTTP: 503 with Retry-After. */
export class InfrastructureError extends VaultError {
  readonly name = 'InfrastructureError';
  readonly disposition = 'infrastructure';
}

/** Our own machine had no time for it, and nothing shows that the input is at fault. Tried again by the task's policy. HTTP: 503 with Retry-After. */
export class Overloaded extends VaultError {
  readonly name = 'Overloaded';
  readonly disposition = 'retry';
}

/** The request left, the answer never came: whether it took effect is not known. Never blindly repeated. */
export class OutcomeUnknown extends VaultError {
  readonly name = 'OutcomeUnknown';
  readonly disposition = 'fail';
}

export interface InputIssue {
  /** Where in the input, such as `body.url` or `query.limit`. */
  path: string;
  message: string;
}

/** A caller's mistake, with the fields named. HTTP: 400 (or `status`). */
export class InvalidInput extends VaultError {
  readonly name = 'InvalidInput';
  readonly disposition = 'fail';
  constructor(
    message: string,
    readonly issues: InputIssue[] = [],
    options: VaultErrorOptions & { code?: string } = {},
  ) {
    super(message, options);
    this.code = options.code ?? 'invalid_input';
  }
  readonly code: string;
}

/** The input is fine but the present state forbids it. HTTP: 409. */
export class Conflict extends VaultError {
  readonly name = 'Conflict';
  readonly disposition = 'fail';
}

/** True for every error of this family, also across module copies. */
export function isVaultError(error: unknown): error is VaultError {
  return error instanceof Error && 'disposition' in error;
}

/** Why something ended in the dead-letter list. */
export const deadLetterReasons = ['max_attempts_reached', 'non_retryable', 'auth_required'] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];

/** True for what is nobody's fault but ours, and may be otherwise in a moment: no word about the input, the platform or the caller. */
export function isOurFault(error: unknown): error is VaultError {
  if (!isVaultError(error)) return false;
  return error.disposition === 'later' || error.disposition === 'infrastructure' || error.name === 'Overloaded';
}

/** The reason that belongs to a final error. */
export function deadLetterReason(error: unknown): DeadLetterReason {
  if (!isVaultError(error) || error.disposition !== 'fail') return 'max_attempts_reached';
  return error.name === 'AccessDenied' ? 'auth_required' : 'non_retryable';
}
