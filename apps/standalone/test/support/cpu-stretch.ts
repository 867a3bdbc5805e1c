/**
 * Loaded before the program of a product under test (`node --import`): tells on stderr how long its main thread was busy at a stretch, in CPU,
 * so that a machine that is busy with others does not count. A stretch ends when the loop comes to its timers: what it counts may be longer by
 * the distance of two ticks, and is never shorter.
 */
const tickMs = 5;
/** Shorter ones are not told: milliseconds. */
const leastMs = 100;

let before = process.threadCpuUsage();
setInterval(() => {
  const now = process.threadCpuUsage();
  const ms = (now.user + now.system - before.user - before.system) / 1_000;
  before = now;
  if (ms >= leastMs) process.stderr.write(`busy for ${ms.toFixed(0)} ms until ${Date.now()}\n`);
}, tickMs).unref();
