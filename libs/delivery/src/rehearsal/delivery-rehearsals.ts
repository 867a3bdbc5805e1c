import { Injectable } from '@nestjs/common';
import type { RehearsalGroup } from '@vaultstream/contracts';
import { PlanRehearsal } from './plan-rehearsal.ts';
import { SendRehearsal } from './send-rehearsal.ts';

/** What delivery can try out. */
@Injectable()
export class DeliveryRehearsals implements RehearsalGroup {
  readonly rehearsals;

  constructor(plan: PlanRehearsal, send: SendRehearsal) {
    this.rehearsals = { 'delivery.plan': plan, 'delivery.send': send };
  }
}
