export { VaultHttpModule } from './vault-http.module.ts';
