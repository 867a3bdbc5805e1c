import { isVaultError } from '@vaultstream/contracts';
import { EnvError, redactText } from '@vaultstream/runtime';

/** A failed start in words: one clear line where we know the cause, the whole stack where it is a bug. Secrets are taken out. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return redactText(`VaultStream did not start: ${String(error)}`);
  const known = error instanceof EnvError || isVaultError(error) || 'code' in error;
  return redactText(`VaultStream did not start: ${known ? error.message : (error.stack ?? error.message)}`);
}
