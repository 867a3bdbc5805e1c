import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { balancerProgram } from './world.ts';

const root = join(import.meta.dirname, '../..');

/** A small one: what is tried here is the start, the table, the care and the end. */
const few = ['--api', '1', '--parse', '1', '--media', '0', '--push', '0', '--port', '0'];

describe('npm run scale', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-run-scale-'));
  // The database's service user must be able to pass through.
  chmodSync(dir, 0o711);
  let child: ChildProcess | undefined;
  let output = '';

  const start = (...args: string[]) => {
    output = '';
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: dir };
    child = spawn(process.execPath, [join(root, 'scripts/scale.mjs'), ...few, ...args], { cwd: root, env });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return child;
  };
  const pidOf = (name: string) => Number(new RegExp(`^  ${name} .* (\\d+)(?: .*)?$`, 'm').exec(output)?.[1]);
  const up = () =>
    eventually(() => expect(output).toContain('Ctrl-C ends all of it'), { timeoutMs: 120_000, intervalMs: 100 });

  afterAll(async () => {
    if (child && child.exitCode === null) child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  // Whoever holds the port may have a /readyz too.
  (balancerProgram === undefined ? it.skip : it)(
    'says in one line that its port is taken, before it starts anything',
    async () => {
      const holder = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const { port } = holder.address() as AddressInfo;
      const [code] = (await once(start('--port', String(port)), 'exit')) as [number];
      holder.close();
      const own = output.split('\n').filter((line) => line.trim() !== '');
      expect([code, own]).toEqual([
        1,
        [expect.stringMatching(`^Port ${port} of 127.0.0.1 is taken by another process: .*--port`)],
      ]);
      expect(existsSync(join(dir, 'scale/postgres'))).toBe(false);
    },
    60_000,
  );

  it('--once comes up, shows the token and where to look, and ends with 0', async () => {
    const [code] = (await once(start('--once'), 'exit')) as [number];
    expect([code, output]).toEqual([0, expect.stringMatching(/Token {2}vs_scale_[0-9a-f]{48}/)]);
    for (const name of ['api-1', 'parse-worker-1', 'scheduler-1', 'postgres']) expect(output).toContain(`  ${name} `);
  }, 180_000);

  it('starts again what dies, shows no token twice, and Ctrl-C leaves nothing behind', async () => {
    const { pid } = start();
    await up();
    expect(output).not.toContain('vs_scale_');
    const url = /API {4}(\S+)\/api\/v1/.exec(output)?.[1] ?? '';
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const pids = ['api-1', 'parse-worker-1', 'scheduler-1', 'postgres'].map(pidOf);
    expect(pids.every((id) => existsSync(`/proc/${id}`))).toBe(true);

    process.kill(pidOf('api-1'), 'SIGKILL');
    await eventually(() => expect(output).toContain('api-1 has ended with SIGKILL: starting it again in 0.5 s'));
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), {
      timeoutMs: 60_000,
      intervalMs: 200,
    });

    child?.kill('SIGINT');
    const [code] = (await once(child as ChildProcess, 'exit')) as [number];
    expect(code).toBe(0);
    expect([pid, ...pids].filter((id) => existsSync(`/proc/${id}`))).toEqual([]);
  }, 240_000);

  it('a second one on the same data, and a bad option, are refused in clear words', async () => {
    const [bad] = (await once(start('--api', 'many'), 'exit')) as [number];
    expect([bad, output]).toEqual([1, expect.stringContaining('--api must be a number')]);
    const first = start();
    await up();
    const [second] = (await once(start(), 'exit')) as [number];
    expect([second, output]).toEqual([1, expect.stringContaining(String(first.pid))]);
    first.kill('SIGTERM');
    const [code] = (await once(first, 'exit')) as [number];
    expect(code).toBe(0);
  }, 240_000);
});
