import type { Logger } from '@vaultstream/runtime';

function ignore(): void {
  return undefined;
}

/** A logger that says nothing. */
export const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore } as unknown as Logger;
