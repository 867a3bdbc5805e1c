import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Facts about other processes of this machine: from /proc on Linux, from `ps` elsewhere. A zombie counts as gone. */

const onLinux = process.platform === 'linux';

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function ps(pid: number, column: 'lstart' | 'command' | 'state' | 'ppid'): string | null {
  try {
    const text = execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    }).trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

/** The fields of /proc/<pid>/stat from the third (state) on; the second, the name, may hold spaces and brackets. */
function statFields(pid: number): string[] | null {
  const text = read(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/**
 * When a process was started: an opaque text that two processes with the same pid never share, not even across a reboot.
 * Null when there is no such process.
 */
export function startTimeOf(pid: number): string | null {
  if (!onLinux) return ps(pid, 'state')?.startsWith('Z') === false ? ps(pid, 'lstart') : null;
  const fields = statFields(pid);
  if (!fields || fields[0] === 'Z') return null;
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${boot}/${fields[19] ?? ''}`; // field 22 of proc_pid_stat(5): ticks after boot
}

/** True while the process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  return startTimeOf(pid) !== null;
}

/** The command line of a process, its arguments joined by blanks; null when it is gone or hidden. */
export function commandLineOf(pid: number): string | null {
  return onLinux ? (read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? null) : ps(pid, 'command');
}

/** The working directory of a process, where the system tells (Linux, own processes). */
export function workingDirectoryOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** The process that started it, or has taken it over; null when it is gone. */
export function parentOf(pid: number): number | null {
  const parent = onLinux ? statFields(pid)?.[1] : ps(pid, 'ppid');
  return parent === undefined || parent === null ? null : Number(parent);
}

/** Ids of all processes whose command line, its arguments joined by blanks, ends so. */
export function processesEndingIn(text: string): number[] {
  if (onLinux)
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && commandLineOf(Number(name))?.endsWith(text))
      .map(Number);
  const list = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => line.trimEnd().endsWith(text))
    .map((line) => Number.parseInt(line, 10));
}
