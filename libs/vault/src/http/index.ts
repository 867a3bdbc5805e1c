export { VaultHttpModule } from './vault-http.module.ts';
export { VaultRehearsalModule } from '../rehearsal/vault-rehearsal.module.ts';
export { VaultRehearsals } from '../rehearsal/vault-rehearsals.ts';
