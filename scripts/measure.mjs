/**
 * `npm run measure`: what a newcomer waits for and gives room to, how long a warm start takes and how much memory the idle product
 * holds. Linux only (reads /proc).
 *
 * Clean clone: `npm start` in a clone of the last commit, until it answers; then the disk under `node_modules`. npm takes packages from
 * its cache where it has them, so the time is that of a second clone, or that plus the line's.
 * Time: from spawning `npm start` to the line that says it listens; median of five starts on one data directory.
 * Memory: PSS (proportional set size: shared pages are divided among their users) of all processes, npm included, at rest: after a start, after
 * work (pages and pictures), and after a restart with the same work. On a machine where other Nodes run, the pages of its program are divided
 * among them too, and the sums are some 20 MiB smaller than on a quiet one.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, readFlags, root } from './lib/workspace.mjs';

const starts = 5;
/** Idle database connections and children have ended by then: milliseconds. */
const restMs = 75_000;
/** Enough for every part to have been at work. */
const shares = 100;

readFlags(
  'npm run measure: how long a start takes, and the memory of the idle product. Takes some six minutes; needs Linux.',
);
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
ensureBuilt();
await import('./source.mjs');
const { Load } = await import('./measure/load.ts');
const { mebibytes } = await import('./measure/memory.ts');
const { newFolder, NpmStart } = await import('./measure/npm-start.ts');

/** `npm start` in a clean clone. @returns `{ ms, mb }`: until it answers, and under node_modules */
async function startCleanClone() {
  const folder = newFolder('clone');
  try {
    execFileSync('git', ['clone', '--quiet', `file://${root}`, folder]);
    const product = await NpmStart.start(folder, join(folder, 'data'));
    const { ok } = await fetch(`${product.url}/readyz`);
    const disk = execFileSync('du', ['-sm', 'node_modules'], { cwd: folder, encoding: 'utf8' });
    await product.stop();
    if (!ok) throw new Error('it listens and is not ready');
    return { ms: product.startMs, mb: Number.parseInt(disk, 10) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of the first start, which makes the database, and of the warm ones. */
async function startTimes() {
  const dataDir = newFolder('measure');
  try {
    const times = [];
    for (let turn = 0; turn <= starts; turn++) {
      const product = await NpmStart.start(root, dataDir);
      times.push(product.startMs);
      await product.stop();
    }
    const [first, ...warm] = times;
    return { first, warm: warm.sort((a, b) => a - b)[Math.floor(starts / 2)] };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The processes at rest, at each of the moments. */
async function memoryAtRest() {
  const dataDir = newFolder('measure');
  const load = await Load.open();
  const moments = {};
  try {
    for (const [start, work] of [
      ['after a start', 'after work'],
      ['after a restart', 'after a restart and work'],
    ]) {
      const product = await NpmStart.start(root, dataDir, { FETCH_HOST_OVERRIDES: load.overrides });
      try {
        await sleep(restMs);
        moments[start] = product.memory();
        await load.run(product, shares);
        await sleep(restMs);
        moments[work] = product.memory();
      } finally {
        await product.stop();
      }
    }
    return moments;
  } finally {
    await load.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const clone = await startCleanClone();
const { first, warm } = await startTimes();
console.log(`clean clone, npm start to answer  ${(clone.ms / 1000).toFixed(0)} s`);
console.log(`node_modules after it            ${clone.mb} MB`);
console.log(`first start (makes the database) ${(first / 1000).toFixed(1)} s`);
console.log(`warm start, median of ${starts}        ${(warm / 1000).toFixed(2)} s`);
for (const [moment, tree] of Object.entries(await memoryAtRest())) {
  const parts = { npm: [], Node: [], Postgres: [] };
  for (const one of tree)
    parts[one.name.startsWith('npm') ? 'npm' : one.name.includes('bin/node') ? 'Node' : 'Postgres'].push(one);
  const told = Object.entries(parts).map(([name, own]) => `${name} ${mebibytes(own).toFixed(0)}`);
  console.log(`PSS ${moment.padEnd(28)} ${mebibytes(tree).toFixed(0).padStart(4)} MiB: ${told.join(', ')}`);
}
