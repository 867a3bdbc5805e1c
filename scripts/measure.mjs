/**
 * `npm run measure`: what a newcomer waits for and gives room to, how long a warm start takes and how much memory the idle product
 * holds. Linux only (reads /proc).
 *
 * Clean clone: `npm start` in a clone of the last commit, until it answers; then the disk under `node_modules`. npm takes packages from
 * its cache where it has them, so the time is that of a second clone, or that plus the line's.
 * Time: from spawning `npm start` to the line that says it listens; median of five starts on one data directory.
 * Memory: PSS (proportional set size: shared pages are divided among their users) of the product's process tree, summed, 45
 * seconds after a start (idle database connections have closed by then), with npm's own process told apart because it only waits.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, readFlags, root } from './lib/workspace.mjs';

const starts = 5;
const settleMs = 45_000;

readFlags(
  'npm run measure: how long a start takes, and the memory of the idle product. Takes some two minutes; needs Linux.',
);
ensureInstalled();
await continueUnderPinnedNode();
ensureBuilt();
const dataDir = mkdtempSync(join(tmpdir(), 'vaultstream-measure-'));

/** Starts it and resolves when it listens. @param cwd a clone @param data its data directory */
function start(cwd = root, data = dataDir) {
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd,
    env: { ...process.env, DATA_DIR: data, API_PORT: '0', LOG_LEVEL: 'info', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`ended with ${code} before it listened`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"name":"ready"')) resolve({ child, ms: performance.now() - began, ready: JSON.parse(line) });
    });
  });
}

/** Every process below `pid`, itself included: { pid, name, pss in KiB }. */
function tree(pid) {
  const parents = new Map();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const found = [pid];
  for (const parent of found) for (const [child, of] of parents) if (of === parent) found.push(child);
  return found.map((member) => ({
    name: readFileSync(`/proc/${member}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 60),
    pss: Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
  }));
}

async function stop(child) {
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}

/** `npm start` in a clean clone. @returns `{ ms, mb }`: until it answers, and under node_modules */
async function startCleanClone() {
  const folder = mkdtempSync(join(tmpdir(), 'vaultstream-clone-'));
  // The database's service user must be able to pass through.
  chmodSync(folder, 0o711);
  try {
    execFileSync('git', ['clone', '--quiet', `file://${root}`, folder]);
    const { child, ms, ready } = await start(folder, join(folder, 'data'));
    const { ok } = await fetch(`${ready.url}/readyz`);
    const disk = execFileSync('du', ['-sm', 'node_modules'], { cwd: folder, encoding: 'utf8' });
    await stop(child);
    if (!ok) throw new Error('it listens and is not ready');
    return { ms, mb: Number.parseInt(disk, 10) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const times = [];
let memory = [];
try {
  const clone = await startCleanClone();
  const first = await start();
  const cold = first.ms;
  await stop(first.child);
  for (let round = 0; round < starts; round++) {
    const { child, ms } = await start();
    times.push(ms);
    if (round === starts - 1) {
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      memory = tree(child.pid);
    }
    await stop(child);
  }
  times.sort((a, b) => a - b);
  const mib = (kib) => (kib / 1024).toFixed(0).padStart(5);
  const product = memory.filter(({ name }) => !name.startsWith('npm'));
  console.log(`clean clone, npm start to answer  ${(clone.ms / 1000).toFixed(0)} s`);
  console.log(`node_modules after it            ${clone.mb} MB`);
  console.log(`first start (makes the database) ${(cold / 1000).toFixed(1)} s`);
  console.log(`warm start, median of ${starts}        ${(times[Math.floor(starts / 2)] / 1000).toFixed(2)} s`);
  console.log(`idle PSS of the product          ${mib(product.reduce((sum, { pss }) => sum + pss, 0))} MiB`);
  for (const { name, pss } of memory) console.log(`  ${mib(pss)} MiB  ${name}`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
