/** `npm run build`: what the product needs to run and every project, as far as they are stale. */
import { ensureBuilt, ensureInstalled } from './lib/workspace.mjs';

ensureInstalled();
ensureBuilt();
