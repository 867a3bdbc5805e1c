import { Module } from '@nestjs/common';
import { PlatformSettings } from '../parse/platform-settings.ts';
import { CircuitStates } from './circuit-states.ts';
import { CookieWatch } from './cookie-watch.ts';
import { PlatformWatch } from './platform-watch.ts';
import { TryBook } from './try-book.ts';

/** What looks after the platforms. Needs StoreModule and RuntimeModule, which are global. */
@Module({
  providers: [PlatformSettings, CircuitStates, CookieWatch, TryBook, PlatformWatch],
  exports: [PlatformSettings, CookieWatch, PlatformWatch],
})
export class PlatformWatchModule {}
