/**
 * `npm run test:chaos`: real processes of the built product are killed, their stores stopped, flushed, paused and filled, and what was
 * accepted is counted afterwards. Ends with 1 when anything was lost, done twice or left lying.
 *
 *   npm run test:chaos -- [--row J1,J5] [--full] [--n 2000] [--json chaos.json]
 */
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

helpIfAsked(`npm run test:chaos [-- options]: processes and stores are killed, paused and filled, and what was accepted is counted.

  --row J1,J5        these rows alone
  --full             all rows, at the sizes of docs/guarantees.md
  --n 2000           shares of a row
  --json chaos.json  writes the figures`);
ensureInstalled();
await continueUnderPinnedNode();
ensureBuilt();
await import('./source.mjs');
const { main } = await import('./chaos/main.ts');
process.exit(await main(process.argv.slice(2)));
