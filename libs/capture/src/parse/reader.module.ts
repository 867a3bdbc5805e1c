import { Module } from '@nestjs/common';
import { ContentReader } from './content-reader.ts';
import { pageReaderProvider } from './page-reader.ts';
import { PlatformSettings } from './platform-settings.ts';

/** What reads contents, for parses and for their rehearsals: one page reader in a process that does both. */
@Module({ providers: [pageReaderProvider, PlatformSettings, ContentReader], exports: [ContentReader] })
export class ReaderModule {}
