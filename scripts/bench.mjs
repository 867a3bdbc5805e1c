/**
 * `npm run bench`: speed, as ratios against the bare limit of the same machine in the same run. Absolute figures say little on
 * another machine, and are printed beside. Load stays on loopback; Postgres and Redis are started for the run. docs/performance.md says how it
 * measures, and what came of it.
 */
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

helpIfAsked(`npm run bench [-- parts and options]: speed as ratios against the bare limit of the same machine in the same run.

  pages pictures end-to-end    from a share until it is read, stored, settled, against the libraries alone
  tasks peers pickup           the task path against bare BullMQ, graphile-worker and pg-boss; how soon a task starts
  shares reads                 the API: against a bare handler; with many contents against few
                               no part named: all of them
  --rounds 2                   how often all of it is done
  --pages <folder>             read every .html below it in place of our own pages
  --pictures <folder>          convert these in place of our own pictures
  --contents 1000000           rows of the larger table of contents
  --quick                      tiny sizes: shows that every part works; the figures say nothing
  --out bench.json             where the figures go`);
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
ensureBuilt();
await import('./source.mjs');
const { main } = await import('./bench/main.ts');
await main(process.argv.slice(2));
