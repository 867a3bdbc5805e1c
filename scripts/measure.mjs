/**
 * `npm run measure`: how long a warm start takes and how much memory the idle product holds. Linux only (reads /proc).
 *
 * Time: from spawning `npm start` to the line that says it listens; median of five starts on one data directory.
 * Memory: PSS (proportional set size: shared pages are divided among their users) of the product's process tree, summed, 45
 * seconds after a start (idle database connections have closed by then), with npm's own process told apart because it only waits.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, root } from './lib/workspace.mjs';

const starts = 5;
const settleMs = 45_000;

ensureInstalled();
continueUnderPinnedNode();
ensureBuilt();
const dataDir = mkdtempSync(join(tmpdir(), 'vaultstream-measure-'));

/** Starts it and resolves when it listens. */
function start() {
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: { ...process.env, DATA_DIR: dataDir, API_PORT: '0', LOG_LEVEL: 'info' },
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

const times = [];
let memory = [];
try {
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
  console.log(`first start (makes the database) ${(cold / 1000).toFixed(1)} s`);
  console.log(`warm start, median of ${starts}        ${(times[Math.floor(starts / 2)] / 1000).toFixed(2)} s`);
  console.log(`idle PSS of the product          ${mib(product.reduce((sum, { pss }) => sum + pss, 0))} MiB`);
  for (const { name, pss } of memory) console.log(`  ${mib(pss)} MiB  ${name}`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
