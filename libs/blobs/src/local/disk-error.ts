import { InfrastructureError, isVaultError } from '@vaultstream/contracts';

/** What an operator can do about it, by errno. */
const explanations: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk reports an input/output error',
  ENOENT: 'the folder is gone',
};

/** How long to wait before the disk is tried again: milliseconds. */
const retryAfterMs = 5_000;

/** The errno of a failed system call, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * Turns a failed system call into an InfrastructureError that says in one line what is wrong. Errors of our own family pass.
 * @param doing Such as `blob storage cannot be written`.
 */
export function diskError(doing: string, error: unknown): Error {
  if (isVaultError(error)) return error;
  const errno = errnoOf(error);
  const why = errno === undefined ? String(error) : (explanations[errno] ?? `the system says ${errno}`);
  return new InfrastructureError(`${doing}: ${why}`, { cause: error, retryAfterMs });
}
