import { spawn } from 'node:child_process';
import type { ServiceUser } from './service-user.ts';

/** The whole environment of the database's processes: none of our variables, which hold secrets, and the one locale of every system. */
export const databaseEnv = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

/**
 * Runs a program to its end, as the service user.
 * @returns What it wrote.
 * @throws Error whose message is what it wrote, when it could not be started or ended with anything but 0.
 */
export function run(program: string, args: string[], cwd: string, user: ServiceUser | null): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: databaseEnv, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString('utf8'));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(output.trim() || `${program} ended with ${signal ?? code}`));
    });
  });
}
