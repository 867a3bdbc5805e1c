import { Module } from '@nestjs/common';
import { PushBacklog } from './push-backlog.ts';

/** What the elected process tells of pushes. Needs RuntimeModule and StoreModule, which are global. */
@Module({ providers: [PushBacklog] })
export class DeliveryGaugesModule {}
