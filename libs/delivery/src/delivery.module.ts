import { Module } from '@nestjs/common';
import { DeliveryDesk } from './delivery-desk.ts';
import { BotController } from './http/bot.controller.ts';
import { DeliveriesController } from './http/deliveries.controller.ts';
import { RulesController } from './http/rules.controller.ts';
import { TargetsController } from './http/targets.controller.ts';
import { PushBacklog } from './push-backlog.ts';
import { TargetAdmin } from './target-admin.ts';

/** Targets, rules and the ledger over HTTP. Needs RuntimeModule, StoreModule and BlobsModule, which are global. */
@Module({
  controllers: [TargetsController, RulesController, DeliveriesController, BotController],
  providers: [TargetAdmin, DeliveryDesk, PushBacklog],
})
export class DeliveryModule {}
