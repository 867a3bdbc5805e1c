import { Module } from '@nestjs/common';
import { DeliveryHandlers } from './delivery-handlers.ts';
import { PlanHandler } from './plan/plan.handler.ts';
import { MessagePlanner } from './send/message-planner.ts';
import { SendHandler } from './send/send.handler.ts';
import { SendResults } from './send/send-results.ts';
import { TargetSlots } from './send/target-slots.ts';

/** The tasks of queue `push`. Needs RuntimeModule, StoreModule and BlobsModule, which are global. */
@Module({
  providers: [DeliveryHandlers, PlanHandler, SendHandler, MessagePlanner, SendResults, TargetSlots],
  exports: [DeliveryHandlers],
})
export class DeliveryWorkerModule {}
