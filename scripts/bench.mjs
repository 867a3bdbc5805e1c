/**
 * `npm run bench`: speed, as ratios against the bare limit of the same machine in the same run. Absolute figures say little on
 * another machine, and are printed beside. Load stays on loopback; Postgres and Redis are started for the run.
 *
 *   npm run bench -- [--only tasks,pickup,shares,reads] [--contents 1000000] [--out bench.json]
 */
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

helpIfAsked(`npm run bench [-- options]: speed as ratios against the bare limit of the same machine in the same run.

  --only tasks,pickup,shares,reads   these parts alone
  --contents 1000000                 rows of the larger table of contents
  --out bench.json                   where the figures go`);
ensureInstalled();
await continueUnderPinnedNode();
ensureBuilt();
await import('./source.mjs');
const { main } = await import('./bench/main.ts');
await main(process.argv.slice(2));
