import { Module } from '@nestjs/common';
import { UpkeepHandlers, UpkeepRunHandler } from './upkeep.handler.ts';

/** The worker's half: the handler of queue `upkeep`. Needs StoreModule and RuntimeModule, which are global. */
@Module({ providers: [UpkeepRunHandler, UpkeepHandlers], exports: [UpkeepHandlers] })
export class UpkeepWorkerModule {}
