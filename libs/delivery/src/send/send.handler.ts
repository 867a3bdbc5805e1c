import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { BlobStore } from '@vaultstream/blobs';
import { Later, Unsupported, type PayloadOf, type Tx } from '@vaultstream/contracts';
import { GuardedHttp } from '@vaultstream/runtime';
import {
  admitDelivery,
  buryDelivery,
  claimPart,
  nextPart,
  storeParts,
  takePlace,
  Targets,
  type Admitted,
  type PartClaim,
} from '@vaultstream/store';
import type { TaskContext, TaskFailure, TaskHandler } from '@vaultstream/tasks';
import {
  findTargetKind,
  type PartFile,
  type PlannedPart,
  type Receipt,
  type TargetAddress,
  type TargetKind,
} from '@vaultstream/targets';
import { callOf, mayResend, type Call } from './call.ts';
import { MessagePlanner } from './message-planner.ts';
import { SendResults } from './send-results.ts';
import { TargetSlots } from './target-slots.ts';

/** Milliseconds until a row looks again whether its content has settled. */
const settlePollMs = 5_000;

/** The next message, or how long to wait for it. */
type Step = PartClaim | { outcome: 'wait'; waitMs: number };

/**
 * Sends one row of the ledger. The ledger is the truth: each message is claimed and committed before its call leaves, and its receipt is
 * committed after. A message that is found claimed at a new run may have been sent; it is sent again only where that is safe or wanted.
 */
@Injectable()
export class SendHandler implements TaskHandler<'delivery.send'> {
  constructor(
    private readonly targets: Targets,
    private readonly planner: MessagePlanner,
    private readonly results: SendResults,
    private readonly slots: TargetSlots,
    private readonly http: GuardedHttp,
    private readonly blobs: BlobStore,
  ) {}

  async run({ delivery_id: id }: PayloadOf<'delivery.send'>, context: TaskContext): Promise<void> {
    const admitted = await context.transact((tx) => admitDelivery(tx, id));
    if (!admitted) return;
    const targetId = admitted.target.id;
    const waitMs = this.slots.take(targetId);
    if (waitMs > 0) throw new Later('other calls to this target are under way', { retryAfterMs: waitMs });
    try {
      await this.sendAll(admitted, context);
    } finally {
      this.slots.free(targetId);
    }
  }

  async onDead({ delivery_id: id }: PayloadOf<'delivery.send'>, failure: TaskFailure, tx: Tx): Promise<void> {
    await buryDelivery(tx, id, { type: failure.errorType, message: failure.message });
  }

  private async sendAll(admitted: Admitted, context: TaskContext): Promise<void> {
    const { target } = admitted;
    const kind = findTargetKind(target.kind);
    if (!kind) throw new Unsupported(`There is no target kind "${target.kind}".`);
    if (!admitted.hasParts) await this.planParts(kind, admitted, context);
    // Opened before the claim: what fails here has surely sent nothing.
    const address = await this.targets.address(target.id);
    for (;;) {
      const step = await context.transact((tx) => this.next(tx, kind, admitted));
      if (step.outcome === 'wait') throw new Later('the limits of the target', { retryAfterMs: step.waitMs });
      if (step.outcome === 'unconfirmed') this.results.count(kind.kind, 'unconfirmed');
      if (step.outcome !== 'send') return;
      const call = callOf(kind, admitted, step);
      const receipt = await this.attempt(kind, address, call, context);
      if (receipt === null) return;
      await this.results.sent(call, receipt, context);
      if (step.last) return;
    }
  }

  private async planParts(kind: TargetKind, admitted: Admitted, context: TaskContext): Promise<void> {
    if (admitted.contentUnsettled) throw new Later('the content has not settled', { retryAfterMs: settlePollMs });
    const parts = await this.planner.plan(kind, admitted);
    await context.transact((tx) => storeParts(tx, admitted.delivery.id, parts));
  }

  /** Takes a place in the target's limits, then claims the message. */
  private async next(tx: Tx, kind: TargetKind, { delivery, target }: Admitted): Promise<Step> {
    const part = await nextPart(tx, delivery.id);
    if (!part) return { outcome: 'nothing' };
    const { cost } = part.payload as PlannedPart;
    const waitMs = await takePlace(tx, delivery.id, kind.rateLimits(target), cost);
    return waitMs > 0 ? { outcome: 'wait', waitMs } : claimPart(tx, delivery.id, mayResend(kind, target.settings));
  }

  /** The receipt; null when the row has ended as `unconfirmed`. @throws As `SendResults.failed`. */
  private async attempt(
    kind: TargetKind,
    address: TargetAddress,
    call: Call,
    context: TaskContext,
  ): Promise<Receipt | null> {
    const { part } = call.claim;
    try {
      const sendable = { ...(part.payload as PlannedPart), id: part.id };
      return await kind.send(sendable, {
        http: this.http,
        address,
        signal: context.signal,
        readFile: (file) => this.readFile(file),
      });
    } catch (error) {
      await this.results.failed(call, error, context);
      return null;
    }
  }

  private async readFile({ key }: PartFile): Promise<Uint8Array> {
    const { stream } = await this.blobs.get(key);
    return buffer(stream);
  }
}
