import { Module } from '@nestjs/common';
import { MessagePlanner } from '../send/message-planner.ts';
import { PictureDesk } from '../send/picture-desk.ts';
import { PictureFiles } from '../send/picture-files.ts';
import { Routes } from '../send/routes.ts';
import { DeliveryRehearsals } from './delivery-rehearsals.ts';
import { PlanRehearsal } from './plan-rehearsal.ts';
import { SendRehearsal } from './send-rehearsal.ts';

/** Tries pushes out, for who asks before a replay. Needs RuntimeModule, StoreModule and BlobsModule, which are global. */
@Module({
  providers: [MessagePlanner, PictureDesk, PictureFiles, Routes, PlanRehearsal, SendRehearsal, DeliveryRehearsals],
  exports: [DeliveryRehearsals],
})
export class DeliveryRehearsalModule {}
