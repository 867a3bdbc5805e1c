import { createExtractor, type Extractor } from '@vaultstream/platforms';
import { Shutdown } from '@vaultstream/runtime';
import type { FactoryProvider } from '@nestjs/common';

/** Injection token of the process's page reader, an `Extractor`. */
export const PAGE_READER = Symbol('PAGE_READER');

/** One child process for all parses, started at first use and ended with this process. */
export const pageReaderProvider: FactoryProvider<Extractor> = {
  provide: PAGE_READER,
  inject: [Shutdown],
  useFactory: (shutdown: Shutdown) => {
    const reader = createExtractor();
    shutdown.register('children', 'page reader', () => reader.close());
    return reader;
  },
};
