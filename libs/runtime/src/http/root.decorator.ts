import { SetMetadata } from '@nestjs/common';

/** Metadata key of `@Root()`. */
export const ROOT = 'vaultstream:root';

/** A controller whose paths are taken as they stand, not below `/api/v1`: probes, media links, the console. */
export function Root(): ClassDecorator {
  return SetMetadata(ROOT, true);
}
