import type { InvalidInput } from '@vaultstream/contracts';

/**
 * Stands in a request for a body that cannot be read. Whoever asks for the body gets the error then, and not before: so that a
 * handler that takes no body does not mind one.
 */
export class UnreadBody {
  constructor(readonly error: InvalidInput) {}
}
