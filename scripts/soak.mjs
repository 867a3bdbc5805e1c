/**
 * `npm run soak`: whether the product holds more memory the longer it works. Shares pages with pictures, our own and the sandbox's, all new to it, and
 * compares the memory of all its processes, npm included, at rest before and after. Linux only (reads /proc).
 */
import { helpIfAsked } from './lib/workspace.mjs';

const usage = `npm run soak [-- --shares 20000]: whether memory grows with work. Some 20 minutes on two cores; needs Linux.

  --shares 20000   how many are shared after those that bring it to its usual size
  --warm-up 1000   how many these are
  --most 50        MB that it may grow by; more ends with 1`;
helpIfAsked(usage);
const { parseArgs } = await import('node:util');
const { continueUnderPinnedNode, ensureBuilt, ensureInstalled } = await import('./lib/workspace.mjs');
const { values } = parseArgs({
  options: {
    shares: { type: 'string', default: '20000' },
    'warm-up': { type: 'string', default: '1000' },
    most: { type: 'string', default: '50' },
  },
});
const [shares, warmUp, most] = [Number(values.shares), Number(values['warm-up']), Number(values.most)];
if (![shares, warmUp].every((count) => Number.isSafeInteger(count) && count > 0) || !(most > 0)) {
  console.error(usage);
  process.exit(2);
}
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
ensureBuilt();
await import('./source.mjs');
const { soak } = await import('./measure/soak.ts');
process.exitCode = (await soak({ shares, warmUp, most })) ? 0 : 1;
