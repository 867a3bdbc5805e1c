import { Injectable } from '@nestjs/common';
import { UnitOfWork, type PayloadOf, type Rehearsal, type TaskRehearsal } from '@vaultstream/contracts';
import { enteredTargets, lockPlanSubject, Rules, tryOut } from '@vaultstream/store';
import { decide, type Decided } from '../plan/decide.ts';

/** Lets the rules decide as `delivery.plan` would, and enters nothing. */
@Injectable()
export class PlanRehearsal implements TaskRehearsal<'delivery.plan'> {
  constructor(
    private readonly rules: Rules,
    private readonly work: UnitOfWork,
  ) {}

  async rehearse({ content_id }: PayloadOf<'delivery.plan'>): Promise<Rehearsal> {
    const decided = await tryOut(this.work, async (tx): Promise<Decided | null> => {
      const content = await lockPlanSubject(tx, content_id);
      if (content?.status !== 'PULLED' || content.archiveStatus === 'pending') return null;
      return decide(content, await this.rules.active(tx), await enteredTargets(tx, content.id));
    });
    if (!decided) return { outcome: 'idle', summary: 'The content is gone or not settled.', facts: {} };
    const { decisions, rows } = decided;
    const facts = {
      decisions: decisions.map(({ ruleId, targetId, reason }) => ({ rule_id: ruleId, target_id: targetId, reason })),
      deliveries: rows.map(({ targetId, state, reason }) => ({ target_id: targetId, status: state, reason })),
    };
    return { outcome: 'succeeds', summary: `The rules would enter ${rows.length} new deliveries.`, facts };
  }
}
