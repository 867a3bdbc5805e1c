import type { TargetSettings, TargetView } from '@vaultstream/contracts';
import type { TargetModel } from '../generated/models/Target.ts';

/** Kind of a target that only bots feed: made by `mark-pushed` for a key that nobody had registered. Always disabled. */
export const externalKind = 'external';

/** Live external targets. Bots feed a handful of channels; each key more is a row that a token could make without end. */
export const maxExternalTargets = 100;

/** Why a target is disabled, when it was not a person who did it. */
export type DisabledReason = 'external' | 'gone' | 'access_denied' | 'failing';

/** A target as the product sees it. `address` is masked; `Targets.address` opens the real one. */
export interface TargetRecord extends Omit<TargetModel, 'address' | 'settings' | 'secretCipher'> {
  address: Record<string, unknown>;
  settings: TargetSettings;
}

/** Row to record: the ciphertext stays behind. */
export function toTargetRecord(row: TargetModel): TargetRecord {
  const { secretCipher: _, address, settings, ...rest } = row;
  return { ...rest, address: address as Record<string, unknown>, settings: settings as TargetSettings };
}

/** Record to the answer of the API. */
export function toTargetView(target: TargetRecord): TargetView {
  return {
    id: target.id,
    key: target.key,
    kind: target.kind,
    name: target.name,
    address: target.address,
    bot_config_id: target.botConfigId,
    settings: target.settings,
    enabled: target.enabled,
    health: {
      status: healthOf(target),
      last_success_at: target.lastSuccessAt?.toISOString() ?? null,
      failing_since: target.failingSince?.toISOString() ?? null,
      consecutive_failures: target.consecutiveFailures,
      last_error: target.lastError,
      disabled_reason: target.disabledReason,
    },
    created_at: target.createdAt.toISOString(),
    updated_at: target.updatedAt.toISOString(),
  };
}

function healthOf(target: TargetRecord): TargetView['health']['status'] {
  if (!target.enabled) return 'disabled';
  if (target.failingSince !== null) return 'failing';
  return target.lastSuccessAt === null ? 'unknown' : 'ok';
}
