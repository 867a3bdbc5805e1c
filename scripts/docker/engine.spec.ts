import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clearPidFile } from './engine.ts';

describe('the pid file of a Docker daemon that was killed', () => {
  let dir: string;
  let file: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'vaultstream-engine-'));
    file = join(dir, 'docker.pid');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is taken away when nobody has its id any more, or another program has', () => {
    clearPidFile(file);
    for (const pid of ['4194999', String(process.pid), '', 'x']) {
      writeFileSync(file, pid);
      clearPidFile(file);
      expect([pid, existsSync(file)]).toEqual([pid, false]);
    }
  });

  it('stays when a daemon runs under it', async () => {
    // Its name is what tells a daemon from another program.
    const program = join(dir, 'dockerd');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['1000'], { stdio: 'ignore' });
    try {
      await once(child, 'spawn');
      writeFileSync(file, String(child.pid));
      clearPidFile(file);
      expect(existsSync(file)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
