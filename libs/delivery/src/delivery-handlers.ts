import { Injectable } from '@nestjs/common';
import type { Handlers } from '@vaultstream/tasks';
import { PlanHandler } from './plan/plan.handler.ts';
import { SendHandler } from './send/send.handler.ts';

/** The tasks of this verb. */
@Injectable()
export class DeliveryHandlers {
  readonly handlers: Handlers<'delivery.plan' | 'delivery.send'>;

  constructor(plan: PlanHandler, send: SendHandler) {
    this.handlers = { 'delivery.plan': plan, 'delivery.send': send };
  }
}
