/** Milliseconds between two looks at the parent. */
const lookEveryMs = 500;

/**
 * Calls `onGone` once, when `pid` is not (or no longer) the parent of this process: one that was killed cannot say so, and the system
 * gives its children to somebody else. Keeps no process alive.
 * @param pid Undefined: nobody is watched.
 */
export function watchParent(pid: number | undefined, onGone: () => void): void {
  if (pid === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === pid) return;
    clearInterval(timer);
    onGone();
  }, lookEveryMs);
  timer.unref();
}
