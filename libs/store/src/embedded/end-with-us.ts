import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, parentOf, processesEndingIn } from './process-info.ts';

/** A line on its stdin lets it go; the end of it means that whoever holds the other end is gone. It outlives what ends us. */
const script = 'trap "" INT TERM HUP; read -r line && exit 0; kill -s "$1" "$2" 2>/dev/null';

const guardName = 'vaultstream-guard';
/** Milliseconds that a guard may take to notice that its pipe has closed. */
const noticeMs = 2_000;
const lookEveryMs = 50;

/** Lets the process live on, or forgets one that has ended. */
export type Release = () => void;

/**
 * Has a process signalled when ours is gone, however it ended: SIGKILL leaves nobody to do it. A shell waits at a pipe that only we hold
 * open, which works on every system; in a session of its own, so that what ends us does not end it.
 * @param pid A process that runs until `release` is called.
 * @param signal Without SIG, such as `INT`.
 */
export function endWithUs(pid: number, signal: 'INT' | 'TERM'): Release {
  const shell = spawn('/bin/sh', ['-c', script, 'vaultstream-guard', signal, String(pid)], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a shell nothing is watched, and the next start stops what is left: no reason not to run.
  shell.on('error', () => undefined);
  const pipe = shell.stdin as Socket;
  pipe.on('error', () => undefined);
  shell.unref();
  pipe.unref();
  return () => pipe.end('done\n');
}

/**
 * The process that has called `endWithUs` for this one and lives: its guard waits, and only a living holder keeps the pipe open.
 * @param pid, signal As there.
 * @returns Null when there is none, or its guard was killed.
 */
export async function livingHolderOf(pid: number, signal: 'INT' | 'TERM'): Promise<number | null> {
  const guard = processesEndingIn(`${guardName} ${signal} ${pid}`).find(isAlive);
  if (guard === undefined) return null;
  const holder = parentOf(guard);
  for (const end = Date.now() + noticeMs; isAlive(guard); await sleep(lookEveryMs)) if (Date.now() > end) return holder;
  return null;
}
