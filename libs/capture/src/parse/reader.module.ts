import { Module } from '@nestjs/common';
import { PlatformWatchModule } from '../platform-health/platform-watch.module.ts';
import { ContentReader } from './content-reader.ts';
import { PAGE_READER, pageReaderProvider } from './page-reader.ts';

/** What reads contents, for parses, canaries and rehearsals: one page reader in a process that does several of them. */
@Module({
  imports: [PlatformWatchModule],
  providers: [pageReaderProvider, ContentReader],
  exports: [ContentReader, PAGE_READER, PlatformWatchModule],
})
export class ReaderModule {}
