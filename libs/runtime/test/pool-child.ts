import { readFileSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { serveJobs } from '../src/async/serve-jobs.ts';

/** Program of the children in specs of the pool: each job says what it does. */
export type Act =
  | { act: 'who' }
  | { act: 'echo'; bytes: Uint8Array }
  | { act: 'wait'; ms: number }
  | { act: 'burn'; ms: number }
  | { act: 'spin' }
  | { act: 'swell' }
  | { act: 'die' }
  | { act: 'fail'; reason: string }
  | { act: 'read'; path: string }
  | { act: 'write'; path: string };

class Refused extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super('no');
    this.reason = reason;
  }
}

const kept: Buffer[] = [];

serveJobs<Act>(async () => (job) => {
  switch (job.act) {
    case 'who':
      return { pid: process.pid, uid: process.getuid?.(), nice: getPriority(), env: Object.keys(process.env) };
    case 'echo':
      return job.bytes;
    case 'wait':
      return new Promise((resolve) => setTimeout(() => resolve(process.pid), job.ms));
    case 'burn': {
      const before = process.cpuUsage();
      for (;;) {
        const { user, system } = process.cpuUsage(before);
        if (user + system >= job.ms * 1_000) return null;
      }
    }
    case 'spin':
      for (;;) Math.random();
    case 'swell':
      for (;;) kept.push(Buffer.alloc(1_048_576, 1));
    case 'die':
      return process.kill(process.pid, 'SIGSEGV');
    case 'fail':
      throw new Refused(job.reason);
    case 'read':
      return readFileSync(job.path, 'latin1').length;
    case 'write':
      return writeFileSync(job.path, 'x');
  }
});
