import { Module } from '@nestjs/common';
import { BotAdmin } from './bot-admin.ts';
import { BotBootstrap } from './bot-bootstrap.ts';
import { BotPushService } from './bot-push.service.ts';
import { DeliveryDesk } from './delivery-desk.ts';
import { BotConfigController } from './http/bot-config.controller.ts';
import { ExplainService } from './explain/explain.service.ts';
import { BotController } from './http/bot.controller.ts';
import { DeliveriesController } from './http/deliveries.controller.ts';
import { ExplainController } from './http/explain.controller.ts';
import { RulesController } from './http/rules.controller.ts';
import { TargetsController } from './http/targets.controller.ts';
import { TargetAdmin } from './target-admin.ts';

/** Targets, bots, rules and the ledger over HTTP. Needs RuntimeModule, StoreModule and BlobsModule, which are global. */
@Module({
  controllers: [
    TargetsController,
    RulesController,
    DeliveriesController,
    BotController,
    BotConfigController,
    ExplainController,
  ],
  providers: [ExplainService, TargetAdmin, BotAdmin, BotPushService, BotBootstrap, DeliveryDesk],
})
export class DeliveryModule {}
