import { VaultError } from '@vaultstream/contracts';

/** No token, or one that we do not know. HTTP: 401. */
export class Unauthenticated extends VaultError {
  readonly name = 'Unauthenticated';
  readonly disposition = 'fail';

  constructor(message = 'A valid token is needed: X-API-Token, or Authorization: Bearer.') {
    super(message);
  }
}
