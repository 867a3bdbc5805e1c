import { Injectable } from '@nestjs/common';
import {
  Later,
  Unsupported,
  UnitOfWork,
  type PayloadOf,
  type Rehearsal,
  type TaskRehearsal,
} from '@vaultstream/contracts';
import { admitDelivery, nextPart, recheckDelivery, takePlace, tryOut, type Admitted } from '@vaultstream/store';
import { findTargetKind, type PlannedPart, type TargetKind } from '@vaultstream/targets';
import { identityOf, mayResend } from '../send/call.ts';
import { MessagePlanner } from '../send/message-planner.ts';
import { Routes } from '../send/routes.ts';

/** What is left to be sent of a row, and whether the first message of it may have been sent already. */
interface Left {
  parts: PlannedPart[];
  inDoubt: boolean;
}

/** Goes the way of `delivery.send` up to the call: fits the messages, finds the bot, asks the limits. Nothing leaves. */
@Injectable()
export class SendRehearsal implements TaskRehearsal<'delivery.send'> {
  constructor(
    private readonly planner: MessagePlanner,
    private readonly routes: Routes,
    private readonly work: UnitOfWork,
  ) {}

  async rehearse({ delivery_id: id }: PayloadOf<'delivery.send'>): Promise<Rehearsal> {
    const admitted = await tryOut(this.work, (tx) => admitDelivery(tx, id));
    if (!admitted)
      return {
        outcome: 'idle',
        summary: 'The delivery is done or decided otherwise, or its content or target is gone or disabled.',
        facts: {},
      };
    if (!(await tryOut(this.work, (tx) => recheckDelivery(tx, id))))
      return {
        outcome: 'idle',
        summary: 'No rule wants it to be sent any more, or its rule wants approval.',
        facts: {},
      };
    const { target } = admitted;
    const kind = findTargetKind(target.kind);
    if (!kind) throw new Unsupported(`There is no target kind "${target.kind}".`);
    const { parts, inDoubt } = await this.left(kind, admitted);
    const facts = { target: target.key, kind: kind.kind, messages: parts.map(shown), in_doubt: inDoubt };
    const route = await this.routes.open(kind, target);
    if (!route) return { outcome: 'waits', summary: 'There is no bot that can be used.', facts };
    if (inDoubt && !mayResend(kind, target.settings))
      return { outcome: 'idle', summary: 'A message of it may have been sent: it would be left unconfirmed.', facts };
    const limits = kind.rateLimits(identityOf(route));
    const waitMs = await tryOut(this.work, (tx) => takePlace(tx, id, limits, parts[0]?.cost ?? 1));
    const count = parts.length === 1 ? 'One message' : `${parts.length} messages`;
    return waitMs > 0
      ? { outcome: 'waits', summary: `The limits of the target: ${Math.ceil(waitMs / 1_000)} s.`, facts }
      : { outcome: 'succeeds', summary: `${count} would leave for ${target.key}, as far as can be told here.`, facts };
  }

  /** Messages that were planned before keep their bytes; only the next of them is looked at. @throws Later, NotFound */
  private async left(kind: TargetKind, admitted: Admitted): Promise<Left> {
    if (admitted.hasParts) {
      const part = await tryOut(this.work, (tx) => nextPart(tx, admitted.delivery.id));
      const inDoubt = part?.state === 'sending' || part?.state === 'unconfirmed';
      return { parts: part?.payload ? [part.payload as PlannedPart] : [], inDoubt };
    }
    if (admitted.contentUnsettled) throw new Later('the content has not settled');
    const parts = await this.planner.plan(kind, admitted, { transact: (work) => tryOut(this.work, work) });
    return { parts, inDoubt: false };
  }
}

const shown = ({ body, files, cost }: PlannedPart) => ({
  body,
  files: files.map(({ field, mime }) => ({ field, mime })),
  cost,
});
