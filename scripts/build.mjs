/** `npm run build`: what the product needs to run and every project, as far as they are stale. */
import { ensureBuilt, ensureInstalled, readFlags } from './lib/workspace.mjs';

readFlags('npm run build: what the product needs to run and every project, as far as they are stale.');
ensureInstalled();
ensureBuilt();
