/**
 * The chain of processes between whoever started a script and what it runs: npm, the script, the same script under the pinned Node, the
 * product. Each passes signals on, and each ends when the one above it is gone: one that was killed cannot pass anything on.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { basename } from 'node:path';

/** Milliseconds between two looks at the parent. */
const lookEveryMs = 500;

/** The process that this one must not outlive: who says so when starting us, or npm when it runs this very script; else 0. */
function parentToWatch() {
  const told = Number(process.env.VS_PARENT_PID);
  // It was meant for us, not for what we start.
  delete process.env.VS_PARENT_PID;
  if (told > 0) return told;
  return process.env.npm_lifecycle_script?.includes(basename(process.argv[1] ?? '')) ? process.ppid : 0;
}

function onceParentIsGone(pid, act) {
  if (pid === 0) return;
  const timer = setInterval(() => {
    if (process.ppid === pid) return;
    clearInterval(timer);
    act();
  }, lookEveryMs);
  timer.unref();
}

/** Sends us a SIGTERM when the process above us is gone. */
export function endWithParent() {
  onceParentIsGone(parentToWatch(), () => process.kill(process.pid, 'SIGTERM'));
}

/**
 * Goes on as `node` with these arguments and never returns. Where Node can, it replaces this process; else this one waits, passes
 * signals on and ends as the other does.
 */
export async function become(node, args, env = process.env) {
  const parent = parentToWatch();
  if (typeof process.execve === 'function' && process.platform !== 'win32')
    process.execve(node, [node, ...args], parent === 0 ? env : { ...env, VS_PARENT_PID: String(parent) });
  const child = spawn(node, args, { stdio: 'inherit', env: { ...env, VS_PARENT_PID: String(process.pid) } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  onceParentIsGone(parent, () => child.kill('SIGTERM'));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('exit', (...how) => resolve(how));
    child.once('error', reject);
  });
  process.exit(code ?? 128 + constants.signals[signal]);
}
