import { InvalidInput } from '@vaultstream/contracts';
import type { TargetKind } from './target.ts';
import { telegram } from './telegram/telegram.ts';
import { webhook } from './webhook/webhook.ts';

/** Every push service. A new one is one file (or folder) and one line here. */
export const targetKinds: readonly TargetKind[] = [webhook, telegram];

/** Null for a kind that this version does not know, such as `external`. */
export function findTargetKind(kind: string): TargetKind | null {
  return targetKinds.find((candidate) => candidate.kind === kind) ?? null;
}

/** What a bot may call a place that no kind of ours knows: one word. */
const foreignKey = /^[A-Za-z0-9][\w.:@+=/-]{0,199}$/;

/**
 * The one spelling of a key that a bot gives.
 * @param path The field that it stands in.
 * @throws InvalidInput when no target can have it.
 */
export function canonicalTargetKey(key: string, path: string): string {
  const kind = targetKinds.find(({ keyPrefix }) => key.startsWith(keyPrefix));
  if (kind) return kind.readKey(key) ?? refuse(path, `is not the key of a ${kind.kind} target`);
  return foreignKey.test(key)
    ? key
    : refuse(path, 'must be one word of letters, digits and _ . : @ + = / -, 200 at most');
}

function refuse(path: string, message: string): never {
  throw new InvalidInput(`${path}: ${message}`, [{ path, message }]);
}
