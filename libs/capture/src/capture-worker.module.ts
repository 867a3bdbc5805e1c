import { Module } from '@nestjs/common';
import { CaptureHandlers } from './parse/capture-handlers.ts';
import { HostSlots } from './parse/host-slots.ts';
import { ParseHandler } from './parse/parse.handler.ts';
import { ReaderModule } from './parse/reader.module.ts';

/** The worker's half: the handler of queue `parse`. Needs StoreModule and RuntimeModule, which are global. */
@Module({
  imports: [ReaderModule],
  providers: [HostSlots, ParseHandler, CaptureHandlers],
  exports: [CaptureHandlers],
})
export class CaptureWorkerModule {}
