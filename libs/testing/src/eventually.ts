import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `check` until it neither throws nor answers false, and answers what it answered: for things that become true in their own time.
 * @param timeoutMs 10 s by default. `intervalMs`: 20 ms by default.
 * @throws The last error of `check`, when time is up.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  for (const end = Date.now() + timeoutMs; ;) {
    let problem: unknown;
    try {
      const value = await check();
      if (value !== false) return value;
      problem = new Error(`not true within ${timeoutMs} ms: ${check.toString()}`);
    } catch (error) {
      problem = error;
    }
    if (Date.now() >= end) throw problem;
    await sleep(intervalMs);
  }
}
