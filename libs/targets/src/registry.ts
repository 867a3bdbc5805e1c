import type { TargetKind } from './target.ts';
import { telegram } from './telegram/telegram.ts';
import { webhook } from './webhook/webhook.ts';

/** Every push service. A new one is one file (or folder) and one line here. */
export const targetKinds: readonly TargetKind[] = [webhook, telegram];

/** Null for a kind that this version does not know, such as `external`. */
export function findTargetKind(kind: string): TargetKind | null {
  return targetKinds.find((candidate) => candidate.kind === kind) ?? null;
}
