import { Injectable } from '@nestjs/common';
import {
  Conflict,
  NotFound,
  TaskLog,
  UnitOfWork,
  type DeliveryRequest,
  type DeliveryView,
  type Tx,
} from '@vaultstream/contracts';
import {
  blockedDetail,
  Deliveries,
  enterDeliveries,
  enteredTargets,
  lockPlanSubject,
  overrideRules,
  Targets,
  type DeliveryRecord,
} from '@vaultstream/store';
import { sendTask } from './send-task.ts';

/** What people do with rows of the ledger. */
@Injectable()
export class DeliveryDesk {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly targets: Targets,
    private readonly log: TaskLog,
    private readonly work: UnitOfWork,
  ) {}

  /**
   * Pushes a content to a target without asking the rules, whatever they say of NSFW. A row that is there already is answered as it is,
   * but one that the rules have blocked goes on, without a rule. A merged content stands for
   * its survivor.
   * @throws NotFound; Conflict for a content that is not PULLED or a target that is disabled.
   */
  async create({ content_id, target_id }: DeliveryRequest): Promise<{ delivery: DeliveryView; created: boolean }> {
    const target = await this.targets.get(target_id);
    const { contentId, entered } = await this.work.transact(async (tx) => {
      const content = await lockPlanSubject(tx, content_id);
      if (!content) throw new NotFound('There is no such content.');
      const contentId = content.id;
      const known = (await enteredTargets(tx, contentId)).has(target.id);
      if (known && target.enabled && content.status === 'PULLED') {
        const freed = await overrideRules(tx, contentId, target.id);
        if (freed) await this.log.append(tx, [sendTask(freed, content.priority)]);
      }
      if (known) return { contentId, entered: null };
      if (content.status !== 'PULLED') throw new Conflict(`The content is ${content.status}, not PULLED.`);
      if (!target.enabled) throw new Conflict('The target is disabled.');
      const row = { contentId, targetId: target.id, ruleId: null, state: 'planned' as const, reason: null };
      const [delivery] = await enterDeliveries(tx, [row]);
      if (delivery) await this.log.append(tx, [sendTask(delivery, content.priority)]);
      return { contentId, entered: delivery ?? null };
    });
    const id = entered?.id ?? (await this.deliveries.find(contentId, target.id));
    if (id === null) throw new NotFound('There is no such delivery.');
    return { delivery: await this.deliveries.get(id), created: entered !== null };
  }

  /**
   * Does something with a row; one that is `planned` after it gets its task.
   * @throws As the actions of `store`; Conflict when the row is blocked now: that stays so.
   */
  async act(id: string, action: (tx: Tx, id: string) => Promise<DeliveryRecord>): Promise<DeliveryView> {
    const { state, reason } = await this.work.transact(async (tx) => {
      const row = await action(tx, id);
      if (row.state === 'planned') await this.log.append(tx, [sendTask(row)]);
      return row;
    });
    if (state === 'blocked') throw new Conflict(blockedDetail(reason ?? state));
    return this.deliveries.get(id);
  }
}
