import { Module } from '@nestjs/common';
import { CaptureRehearsals } from './parse/capture-rehearsals.ts';
import { ParseRehearsal } from './parse/parse-rehearsal.ts';
import { ReaderModule } from './parse/reader.module.ts';

/** Tries parses out, for who asks before a replay. Needs StoreModule and RuntimeModule, which are global. */
@Module({
  imports: [ReaderModule],
  providers: [ParseRehearsal, CaptureRehearsals],
  exports: [CaptureRehearsals],
})
export class CaptureRehearsalModule {}
