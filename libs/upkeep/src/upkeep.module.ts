import { Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.ts';
import { QueuesController } from './queues.controller.ts';

/** The API's half: dead letters and queues. */
@Module({ controllers: [DeadLettersController, QueuesController] })
export class UpkeepModule {}
