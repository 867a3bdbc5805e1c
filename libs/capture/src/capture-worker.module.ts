import { Module } from '@nestjs/common';
import { CaptureHandlers } from './parse/capture-handlers.ts';
import { ContentReader } from './parse/content-reader.ts';
import { HostSlots } from './parse/host-slots.ts';
import { pageReaderProvider } from './parse/page-reader.ts';
import { ParseHandler } from './parse/parse.handler.ts';
import { PlatformSettings } from './parse/platform-settings.ts';

/** The worker's half: the handler of queue `parse`. Needs StoreModule and RuntimeModule, which are global. */
@Module({
  providers: [pageReaderProvider, PlatformSettings, ContentReader, HostSlots, ParseHandler, CaptureHandlers],
  exports: [CaptureHandlers],
})
export class CaptureWorkerModule {}
