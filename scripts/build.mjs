/** `npm run build`: dependencies, database client and every project, as far as they are stale. */
import { ensureBuilt, ensureInstalled } from './lib/workspace.mjs';

ensureInstalled();
ensureBuilt();
