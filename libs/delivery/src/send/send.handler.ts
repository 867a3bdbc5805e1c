import { Injectable } from '@nestjs/common';
import { Later, NotFound, Unsupported, type PayloadOf, type Tx } from '@vaultstream/contracts';
import {
  admitDelivery,
  buryDelivery,
  claimPart,
  holdForBot,
  nextPart,
  recheckDelivery,
  storeParts,
  takePlace,
  type Admitted,
  type PartClaim,
} from '@vaultstream/store';
import { crashPoint, inSpan } from '@vaultstream/runtime';
import type { TaskContext, TaskFailure, TaskHandler } from '@vaultstream/tasks';
import { findTargetKind, type PlannedPart, type Receipt, type TargetKind } from '@vaultstream/targets';
import { callOf, identityOf, mayResend, type Call } from './call.ts';
import { MessagePlanner } from './message-planner.ts';
import { Routes, type Route } from './routes.ts';
import { botPollMs, SendResults } from './send-results.ts';
import { TargetSlots } from './target-slots.ts';

/** Milliseconds until a row looks again whether its content has settled. */
const settlePollMs = 5_000;

/** Milliseconds until a row whose messages went meanwhile, because its content was merged, writes them anew. */
const rewriteMs = 1_000;

/** The next message, or how long to wait for it. */
type Step = PartClaim | { outcome: 'wait'; waitMs: number };

/**
 * Sends one row of the ledger. The ledger is the truth: each message is claimed and committed before its call leaves, and its receipt is
 * committed after. A message that is found claimed at a new run may have been sent; it is sent again only where that is safe or wanted.
 */
@Injectable()
export class SendHandler implements TaskHandler<'delivery.send'> {
  constructor(
    private readonly planner: MessagePlanner,
    private readonly routes: Routes,
    private readonly results: SendResults,
    private readonly slots: TargetSlots,
  ) {}

  async run({ delivery_id: id }: PayloadOf<'delivery.send'>, context: TaskContext): Promise<void> {
    const admitted = await context.transact((tx) => admitDelivery(tx, id));
    if (!admitted) return this.endIdle(id, context);
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

  /** Whoever plans a row while this task lives appends none: so the task goes only if the row has nothing for it still. */
  private async endIdle(id: string, context: TaskContext): Promise<void> {
    await context.commit(async (tx) => {
      if (await admitDelivery(tx, id)) throw new Later('the delivery was planned anew', { retryAfterMs: 0 });
    });
  }

  private async sendAll(admitted: Admitted, context: TaskContext): Promise<void> {
    const { delivery, target } = admitted;
    const kind = findTargetKind(target.kind);
    if (!kind) throw new Unsupported(`There is no target kind "${target.kind}".`);
    if (!admitted.hasParts) await this.planParts(kind, admitted, context);
    // Opened before the claim: what fails here has surely sent nothing.
    const route = await this.routes.open(kind, target);
    if (!route) {
      await context.transact((tx) => holdForBot(tx, delivery.id));
      throw new Later('there is no bot that can be used', { retryAfterMs: botPollMs });
    }
    if (admitted.hasParts && kind.pictures) await this.planner.renewPictures(admitted, context);
    for (;;) {
      const step = await context.transact((tx) => this.next(tx, route, delivery.id));
      if (step.outcome === 'wait') throw new Later('the limits of the target', { retryAfterMs: step.waitMs });
      if (step.outcome === 'unconfirmed') this.results.count(kind, 'unconfirmed');
      if (step.outcome !== 'send') return;
      const call = callOf(route, step);
      const receipt = await this.attempt(route, call, context);
      if (receipt === null) return;
      await this.results.sent(call, receipt, context);
      if (step.last) return;
    }
  }

  private async planParts(kind: TargetKind, admitted: Admitted, context: TaskContext): Promise<void> {
    if (admitted.contentUnsettled) throw new Later('the content has not settled', { retryAfterMs: settlePollMs });
    const parts = await this.planner.plan(kind, admitted, context);
    await context.transact((tx) => storeParts(tx, admitted.delivery, parts));
  }

  /** Asks the rules once more, takes a place in the target's limits, then claims the message. */
  private async next(tx: Tx, route: Route, deliveryId: string): Promise<Step> {
    if (!(await recheckDelivery(tx, deliveryId))) return { outcome: 'nothing' };
    const part = await nextPart(tx, deliveryId);
    if (!part) throw new Later('the messages are to be written anew', { retryAfterMs: rewriteMs });
    const { kind, target } = route;
    if (part.payload === null) throw new NotFound('What was to be sent has been purged with its content.');
    const { cost } = part.payload as PlannedPart;
    const waitMs = await takePlace(tx, deliveryId, kind.rateLimits(identityOf(route)), cost);
    return waitMs > 0 ? { outcome: 'wait', waitMs } : claimPart(tx, deliveryId, mayResend(kind, target.settings));
  }

  /** The receipt; null when the row has ended as `unconfirmed`. @throws As `SendResults.failed`. */
  private async attempt(route: Route, call: Call, context: TaskContext): Promise<Receipt | null> {
    const { part } = call.claim;
    try {
      const sendable = { ...(part.payload as PlannedPart), id: part.id };
      crashPoint('before-send');
      const receipt = await inSpan('delivery.send', factsOf(call), () =>
        route.kind.send(sendable, this.routes.contextOf(route, context.signal)),
      );
      crashPoint('after-send-before-receipt');
      return receipt;
    } catch (error) {
      await this.results.failed(call, error, context);
      return null;
    }
  }
}

/** What the span of a call tells: which channel, and nothing of its address or of the message. */
function factsOf({ kind, targetId, claim: { part } }: Call) {
  return { 'vaultstream.target.kind': kind.kind, 'vaultstream.target_id': targetId, 'vaultstream.part_id': part.id };
}
