import { Module } from '@nestjs/common';
import { DeliveryHandlers } from './delivery-handlers.ts';
import { PlanHandler } from './plan/plan.handler.ts';
import { MessagePlanner } from './send/message-planner.ts';
import { PictureDesk } from './send/picture-desk.ts';
import { PictureFiles } from './send/picture-files.ts';
import { Routes } from './send/routes.ts';
import { SendHandler } from './send/send.handler.ts';
import { SendResults } from './send/send-results.ts';
import { TargetSlots } from './send/target-slots.ts';

/** This verb's tasks of the queues `plan` and `push`. Needs RuntimeModule, StoreModule and BlobsModule, which are global. */
@Module({
  providers: [
    DeliveryHandlers,
    PlanHandler,
    SendHandler,
    MessagePlanner,
    PictureDesk,
    PictureFiles,
    Routes,
    SendResults,
    TargetSlots,
  ],
  exports: [DeliveryHandlers],
})
export class DeliveryWorkerModule {}
