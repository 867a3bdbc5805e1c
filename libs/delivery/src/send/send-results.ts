import { Injectable } from '@nestjs/common';
import {
  isVaultError,
  Later,
  NetworkError,
  retryDelayMs,
  tasks,
  UnitOfWork,
  type Tx,
  type VaultError,
} from '@vaultstream/contracts';
import { Metrics, redactText } from '@vaultstream/runtime';
import {
  BotFiles,
  Bots,
  holdForBot,
  keepPace,
  leaveUnconfirmed,
  pausePushes,
  recordFailure,
  recordReceipt,
  recordSuccess,
  releasePart,
  Targets,
  type PartError,
} from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import { targetKinds, type PlannedPart, type Receipt, type TargetKind } from '@vaultstream/targets';
import type { Call } from './call.ts';

const pushOutcomes = ['sent', 'failed', 'rate_limited', 'unconfirmed'] as const;
/** How a call ended, for `vaultstream_pushes_total`. */
type PushOutcome = (typeof pushOutcomes)[number];

/** Characters of an error that the ledger keeps. */
const maxError = 2_000;
/** Milliseconds until a row looks again for a bot. */
export const botPollMs = 60_000;
/** Milliseconds to wait after "too many" when the service does not say how long (Svix: at least 60 s). */
const rateLimitedMs = 60_000;

/** Writes how a call ended: in the ledger, in the target's health, in its limits, in the metrics. */
@Injectable()
export class SendResults {
  constructor(
    private readonly work: UnitOfWork,
    private readonly metrics: Metrics,
    private readonly targets: Targets,
    private readonly bots: Bots,
    private readonly files: BotFiles,
  ) {
    metrics.zero('vaultstream_pushes_total', { kind: targetKinds.map(({ kind }) => kind), outcome: pushOutcomes });
  }

  /** The message is there. With the last one the task is done. */
  async sent(call: Call, receipt: Receipt, context: TaskContext): Promise<void> {
    const { claim, targetId, botId, limits } = call;
    const repeated = claim.inDoubt ? { possibly_repeated: true } : {};
    const write = async (tx: Tx) => {
      await recordReceipt(tx, claim.ref, { ...receipt, detail: { ...receipt.detail, ...repeated } });
      await recordSuccess(tx, targetId);
      if (botId !== null && receipt.files) await this.files.remember(tx, botId, receipt.files);
      await keepPace(tx, ownLimits(limits), (claim.part.payload as PlannedPart).cost);
    };
    try {
      await (claim.last ? context.commit(write) : context.transact(write));
    } catch (error) {
      // A receipt is a fact even when the task is no longer ours. If this fails too, the message is in doubt.
      await this.work.transact(write).catch(() => undefined);
      throw error;
    } finally {
      this.count(call.kind, 'sent');
    }
    if (receipt.movedTo) await this.moved(call, receipt.movedTo, context);
  }

  /**
   * The call failed. Returns when the row has ended as `unconfirmed`.
   * @throws What the queue has to deal with: the error itself, or Later when the target has asked for a pause.
   */
  async failed(call: Call, error: unknown, context: TaskContext): Promise<void> {
    if (!isVaultError(error) || error.name === 'OutcomeUnknown') return this.doubtful(call, error, context);
    const { claim, targetId, limits, botId } = call;
    if (botId !== null && error.name === 'AccessDenied' && error.status === 401)
      return this.botRefused(call, botId, error, context);
    const ours = error.disposition === 'infrastructure' || error.disposition === 'later';
    const limited = error.name === 'RateLimited';
    if (limited) return this.putOff(call, error, context);
    await context.transact(async (tx) => {
      const retryInMs = ours ? null : nextTryIn(context, error);
      await releasePart(tx, claim.ref, described(error), claim.inDoubt, { retryInMs, spent: !ours });
      if (ours) return;
      await recordFailure(tx, targetId, error);
      const keys = ownKeys(limits);
      if (error.retryAfterMs && keys.length > 0) await pausePushes(tx, keys, error.retryAfterMs);
    });
    if (!ours) this.count(call.kind, 'failed');
    throw error;
  }

  /** "Too many": waiting as told is a failure neither of the delivery nor of the target. */
  private async putOff({ kind, claim, limits }: Call, error: VaultError, context: TaskContext): Promise<never> {
    const ms = error.retryAfterMs ?? rateLimitedMs;
    const keys = ownKeys(limits);
    await context.transact(async (tx) => {
      const { ref, inDoubt } = claim;
      await releasePart(tx, ref, described(error), inDoubt, { retryInMs: ms, spent: false, asked: true });
      if (keys.length > 0) await pausePushes(tx, keys, ms);
    });
    this.count(kind, 'rate_limited');
    throw new Later(error.message, { cause: error, retryAfterMs: ms });
  }

  count({ kind }: TargetKind, outcome: PushOutcome): void {
    this.metrics.counter('vaultstream_pushes_total').inc({ kind, outcome });
  }

  /** The bot is disabled, and its messages wait for a new token or another bot. The target is not to blame. */
  private async botRefused(call: Call, botId: string, error: VaultError, context: TaskContext): Promise<never> {
    const { ref, inDoubt } = call.claim;
    await context.transact(async (tx) => {
      await releasePart(tx, ref, described(error), inDoubt, { spent: false });
      await holdForBot(tx, ref.deliveryId);
      await this.bots.disable(tx, botId, 'unauthorized');
    });
    this.count(call.kind, 'failed');
    throw new Later(error.message, { cause: error, retryAfterMs: botPollMs });
  }

  /** Best effort, after the receipt: the service tells it again with the next message. */
  private async moved({ kind, targetId }: Call, address: Record<string, unknown>, context: TaskContext): Promise<void> {
    const moved = { key: kind.key(address), full: address, masked: kind.maskAddress(address) };
    try {
      await this.work.transact((tx) => this.targets.update(tx, targetId, { address: moved }));
    } catch (error) {
      context.logger.warn(
        { name: 'target.not_moved', target_id: targetId, err: error },
        'a moved target keeps its address',
      );
    }
  }

  /** Nobody knows whether the call took effect. */
  private async doubtful(call: Call, error: unknown, context: TaskContext): Promise<void> {
    const { claim, targetId, mayResend } = call;
    const facts = described(error);
    if (mayResend) {
      await context.transact(async (tx) => {
        await releasePart(tx, claim.ref, facts, true, { retryInMs: nextTryIn(context) });
        await recordFailure(tx, targetId, error);
      });
      this.count(call.kind, 'failed');
      throw new NetworkError(`${facts.message} (it may have arrived; it is sent again under the same id)`, {
        cause: error,
      });
    }
    await context.commit(async (tx) => {
      await leaveUnconfirmed(tx, claim.ref, facts);
      await recordFailure(tx, targetId, error);
    });
    this.count(call.kind, 'unconfirmed');
  }
}

/** The limits that are the target's own: a pause must not stop others that share the rest. */
const ownLimits = (limits: Call['limits']): Call['limits'] => limits.filter(({ shared }) => shared !== true);
const ownKeys = (limits: Call['limits']): string[] => ownLimits(limits).map(({ key }) => key);

/** Milliseconds until the queue makes the next try, as its policy says; null when this was the last one. */
function nextTryIn({ attempt }: TaskContext, error?: VaultError): number | null {
  if (error?.disposition === 'fail') return null;
  return retryDelayMs(tasks['delivery.send'], attempt - 1, error?.retryAfterMs);
}

function described(error: unknown): PartError {
  const message = error instanceof Error ? error.message : String(error);
  return { type: isVaultError(error) ? error.name : 'InternalError', message: redactText(message).slice(0, maxError) };
}
