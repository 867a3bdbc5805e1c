import { isVaultError, VaultError } from '@vaultstream/contracts';

/** A run took longer than the catalog allows. */
export class TaskTimeout extends VaultError {
  readonly name = 'TaskTimeout';
  readonly disposition = 'retry';
}

/** The process has to stop: the task runs again elsewhere. */
export class Stopping extends VaultError {
  readonly name = 'Stopping';
  readonly disposition = 'later';
}

/** What a bug throws is stored under this constant name, whatever its class is called. */
export const unexpectedError = 'UnexpectedError';

/** Stored for a try whose end (dead letter and domain state) could not be written. */
export const endFailed = 'EndFailed';

/** The constant name of an error. */
export function errorType(error: unknown): string {
  return isVaultError(error) ? error.name : unexpectedError;
}
