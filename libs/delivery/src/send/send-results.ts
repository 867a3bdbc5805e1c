import { Injectable } from '@nestjs/common';
import { isVaultError, Later, NetworkError, UnitOfWork, type Tx } from '@vaultstream/contracts';
import { Metrics, redactText } from '@vaultstream/runtime';
import {
  leaveUnconfirmed,
  pausePushes,
  recordFailure,
  recordReceipt,
  recordSuccess,
  releasePart,
  type PartError,
} from '@vaultstream/store';
import type { TaskContext } from '@vaultstream/tasks';
import type { Receipt } from '@vaultstream/targets';
import type { Call } from './call.ts';

/** How a call ended, for `vaultstream_pushes_total`. */
type PushOutcome = 'sent' | 'failed' | 'rate_limited' | 'unconfirmed';

/** Characters of an error that the ledger keeps. */
const maxError = 2_000;
/** Milliseconds to wait after "too many" when the service does not say how long (Svix: at least 60 s). */
const rateLimitedMs = 60_000;

/** Writes how a call ended: in the ledger, in the target's health, in its limits, in the metrics. */
@Injectable()
export class SendResults {
  constructor(
    private readonly work: UnitOfWork,
    private readonly metrics: Metrics,
  ) {}

  /** The message is there. With the last one the task is done. */
  async sent(call: Call, receipt: Receipt, context: TaskContext): Promise<void> {
    const { claim, targetId } = call;
    const repeated = claim.inDoubt ? { possibly_repeated: true } : {};
    const write = async (tx: Tx) => {
      await recordReceipt(tx, claim.ref, { ...receipt, detail: { ...receipt.detail, ...repeated } });
      await recordSuccess(tx, targetId);
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
  }

  /**
   * The call failed. Returns when the row has ended as `unconfirmed`.
   * @throws What the queue has to deal with: the error itself, or Later when the target has asked for a pause.
   */
  async failed(call: Call, error: unknown, context: TaskContext): Promise<void> {
    if (!isVaultError(error) || error.name === 'OutcomeUnknown') return this.doubtful(call, error, context);
    const { claim, targetId, limits } = call;
    const ours = error.disposition === 'infrastructure' || error.disposition === 'later';
    const limited = error.name === 'RateLimited';
    const pauseMs = error.retryAfterMs ?? (limited ? rateLimitedMs : 0);
    await context.transact(async (tx) => {
      await releasePart(tx, claim.ref, described(error), claim.inDoubt);
      if (ours) return;
      await recordFailure(tx, targetId, error);
      const keys = limits.map(({ key }) => key);
      if (pauseMs > 0 && keys.length > 0) await pausePushes(tx, keys, pauseMs);
    });
    if (!ours) this.count(call.kind, limited ? 'rate_limited' : 'failed');
    // Waiting as told is no failure of the delivery.
    throw limited ? new Later(error.message, { cause: error, retryAfterMs: pauseMs }) : error;
  }

  count(kind: string, outcome: PushOutcome): void {
    this.metrics.counter('vaultstream_pushes_total').inc({ kind, outcome });
  }

  /** Nobody knows whether the call took effect. */
  private async doubtful(call: Call, error: unknown, context: TaskContext): Promise<void> {
    const { claim, targetId, mayResend } = call;
    const facts = described(error);
    if (mayResend) {
      await context.transact(async (tx) => {
        await releasePart(tx, claim.ref, facts, true);
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

function described(error: unknown): PartError {
  const message = error instanceof Error ? error.message : String(error);
  return { type: isVaultError(error) ? error.name : 'InternalError', message: redactText(message).slice(0, maxError) };
}
