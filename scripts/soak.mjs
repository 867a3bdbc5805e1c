/**
 * `npm run soak`: whether the product holds more memory the longer it works. Shares pages with pictures, our own and the sandbox's, all new to it, and
 * compares the memory of all its processes, npm included, at rest before and after. Linux only (reads /proc).
 */
import { helpIfAsked } from './lib/workspace.mjs';

const usage = `npm run soak [-- --shares 20000]: whether memory grows with work. Some 20 minutes on two cores; needs Linux.

  --shares 20000   how many are shared after the first ${1_000}, which bring it to its usual size
  --most 50        MB that it may grow by; more ends with 1`;
helpIfAsked(usage);
const { parseArgs } = await import('node:util');
const { continueUnderPinnedNode, ensureBuilt, ensureInstalled } = await import('./lib/workspace.mjs');
const { values } = parseArgs({
  options: { shares: { type: 'string', default: '20000' }, most: { type: 'string', default: '50' } },
});
const [shares, most] = [Number(values.shares), Number(values.most)];
if (!Number.isSafeInteger(shares) || shares < 1 || !(most > 0)) {
  console.error(usage);
  process.exit(2);
}
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
ensureBuilt();
await import('./source.mjs');
const { soak } = await import('./measure/soak.ts');
process.exitCode = (await soak(shares, most)) ? 0 : 1;
