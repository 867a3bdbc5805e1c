import { isVaultError } from '@vaultstream/contracts';
import { EnvError } from '../env.ts';
import { redactText } from '../redact.ts';

/**
 * A failure in words: one clear line where we know the cause, the whole stack where it is a bug. Secrets are taken out.
 * @param what What did not work, to begin with.
 */
export function explainFailure(error: unknown, what = 'VaultStream did not start'): string {
  if (!(error instanceof Error)) return redactText(`${what}: ${String(error)}`);
  const known = error instanceof EnvError || isVaultError(error) || 'code' in error;
  return redactText(`${what}: ${known ? error.message : (error.stack ?? error.message)}`);
}
