import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { Child } from './child.ts';
import { keepUp } from './keep-up.ts';

describe('what keeps dying', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-keep-up-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is started again after longer and longer pauses, each time with the reason that it gave', async () => {
    const child = new Child({
      name: 'doomed',
      command: ['/bin/sh', '-c', 'echo "cannot bind the port" >&2; exit 3'],
      env: {},
      logFile: join(dir, 'doomed.log'),
      probe: () => Promise.reject(new Error('never ready')),
    });
    const said: string[] = [];
    const keeper = keepUp(child, (line) => said.push(line));
    child.spawn();
    await eventually(() => expect(said).toHaveLength(3));
    keeper.release();
    expect(said).toEqual(
      ['0.5', '1', '2'].map(
        (pause) => `doomed has ended with 3: starting it again in ${pause} s (it said: cannot bind the port)`,
      ),
    );
  });
});
