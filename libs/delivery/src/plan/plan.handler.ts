import { Injectable } from '@nestjs/common';
import { TaskLog, type PayloadOf } from '@vaultstream/contracts';
import { inSpan } from '@vaultstream/runtime';
import {
  asInDoubt,
  enterDeliveries,
  enteredTargets,
  lockPlanSubject,
  markPlanned,
  recordDecisions,
  Rules,
} from '@vaultstream/store';
import type { TaskContext, TaskHandler } from '@vaultstream/tasks';
import { sendTask } from '../send-task.ts';
import { decide } from './decide.ts';

/**
 * Lets the rules decide where a settled content goes, and again when something that they look at has changed (see `decide`). One
 * transaction: decisions, one row of the ledger per target, one task per row that may be sent. A content that is deleted or not settled (any more) ends it quietly; a merged one stands for its survivor.
 */
@Injectable()
export class PlanHandler implements TaskHandler<'delivery.plan'> {
  constructor(
    private readonly rules: Rules,
    private readonly log: TaskLog,
  ) {}

  async run({ content_id }: PayloadOf<'delivery.plan'>, context: TaskContext): Promise<void> {
    await inSpan('delivery.plan', { 'vaultstream.content_id': content_id }, (span) =>
      context.commit(async (tx) => {
        const content = await lockPlanSubject(tx, content_id);
        if (content?.status !== 'PULLED' || content.archiveStatus === 'pending') return;
        const rules = await this.rules.active(tx);
        const { decisions, rows } = decide(content, rules, await enteredTargets(tx, content.id));
        await recordDecisions(tx, content.id, decisions);
        await markPlanned(tx, content.id);
        const entered = await enterDeliveries(tx, content.inDoubt ? asInDoubt(rows) : rows);
        const planned = entered.filter((row) => row.state === 'planned');
        await this.log.append(
          tx,
          planned.map((row) => sendTask(row, content.priority)),
        );
        span.setAttributes({ 'vaultstream.rules': rules.length, 'vaultstream.planned': planned.length });
      }),
    );
  }
}
