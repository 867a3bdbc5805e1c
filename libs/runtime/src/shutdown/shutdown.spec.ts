import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { createGate } from '../../test/gate.ts';
import { startTestApp } from '../../test/test-app.ts';
import { createLogger } from '../logger.ts';
import { Shutdown, shutdownPhases } from './shutdown.ts';

function create() {
  const stream = new PassThrough();
  const shutdown = new Shutdown(createLogger('test', { level: 'info', format: 'json', stream }));
  const lines = () =>
    String(stream.read() ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { shutdown, lines };
}

describe('Shutdown', () => {
  it('K4: runs the phases in order, the steps of one side by side, with a line for each', async () => {
    const { shutdown, lines } = create();
    const order: string[] = [];
    const both = createGate();
    for (const phase of shutdownPhases.toReversed()) shutdown.register(phase, phase, () => order.push(phase));
    shutdown.register('workers', 'waits for the next', () => both.passed);
    shutdown.register('workers', 'the next', () => both.open());
    expect(await shutdown.run('test')).toBe(true);
    expect(order).toEqual(['intake', 'http', 'relay', 'workers', 'store', 'children']);
    const phases = lines().filter(({ name }) => name === 'shutdown.phase');
    expect(phases.map(({ phase, failed }) => [phase, failed])).toEqual(shutdownPhases.map((phase) => [phase, 0]));
  });

  it('runs once, however often it is asked to', async () => {
    const { shutdown } = create();
    let runs = 0;
    const all: Promise<boolean>[] = [];
    shutdown.register('store', 'count', () => runs++);
    shutdown.register('intake', 'asks again', () => expect(shutdown.run('again')).toBe(all[0]));
    expect(shutdown.stopping).toBe(false);
    all.push(shutdown.run('one'), shutdown.run('two'));
    expect(shutdown.stopping).toBe(true);
    expect(await Promise.all(all)).toEqual([true, true]);
    await shutdown.run('three');
    expect(runs).toBe(1);
  });

  it('goes on after a step that throws, rejects or does not end', async () => {
    const { shutdown, lines } = create();
    const after: string[] = [];
    shutdown.register('relay', 'throws', () => {
      throw new Error('sync');
    });
    shutdown.register('relay', 'rejects', () => Promise.reject(new Error('async')));
    shutdown.register('workers', 'hangs', () => createGate().passed, 20);
    shutdown.register('store', 'after', () => after.push('store'));
    expect(await shutdown.run('test')).toBe(false);
    expect(after).toEqual(['store']);
    const failed = lines().filter(({ name }) => name === 'shutdown.step');
    expect(failed.map(({ step, err }) => [step, (err as { message: string }).message])).toEqual([
      ['throws', 'sync'],
      ['rejects', 'async'],
      ['hangs', 'not done within 20 ms'],
    ]);
  });

  it('drains for as long as it is told before anything closes', async () => {
    const { shutdown } = create();
    const started = performance.now();
    let closedAfter = 0;
    shutdown.register('http', 'http', () => (closedAfter = performance.now() - started));
    await shutdown.run('test', 150);
    expect(closedAfter).toBeGreaterThanOrEqual(149);
  });

  it('runs when a Nest app is closed', async () => {
    const test = await startTestApp({ controllers: [] });
    let ended = 0;
    test.app.get(Shutdown).register('store', 'pool', () => ended++);
    await test.app.close();
    expect(ended).toBe(1);
    expect(test.lines().filter(({ name }) => name === 'shutdown.phase')).toHaveLength(shutdownPhases.length);
  });
});

describe('a real process', () => {
  /** Starts the child, lets `act` work on it once it is ready, and answers its exit code and output. */
  async function run(mode: string, act: (kill: (signal: NodeJS.Signals) => void, until: Until) => Promise<void>) {
    const script = fileURLToPath(new URL('../../test/shutdown-child.ts', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', script, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const until = async (text: string) => {
      while (!output.includes(text)) await once(child.stdout, 'data');
    };
    try {
      await until('"ready"');
      await act((signal) => child.kill(signal), until);
      if (child.exitCode === null) await once(child, 'close');
      return { code: child.exitCode, output };
    } finally {
      child.kill('SIGKILL');
    }
  }
  type Until = (text: string) => Promise<void>;

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends in order and exits with 0 on %s', async (signal) => {
    const { code, output } = await run('', async (kill) => kill(signal));
    expect(code).toBe(0);
    expect(output).toContain(`"reason":"${signal}"`);
    expect(output.match(/"name":"shutdown.phase"/g)).toHaveLength(shutdownPhases.length);
  });

  it('exits at once with 1 on a second signal', async () => {
    const { code, output } = await run('slow', async (kill, until) => {
      kill('SIGTERM');
      await until('"phase":"relay"');
      const asked = setInterval(() => kill('SIGINT'), 50);
      await until('second signal').finally(() => clearInterval(asked));
    });
    expect(code).toBe(1);
    expect(output).toContain('second signal');
    expect(output).not.toContain('"phase":"store"');
  });

  it("takes npm's copy of a terminal's Ctrl-C for the same wish, and ends in order", async () => {
    const { code, output } = await run('pausing', async (kill, until) => {
      kill('SIGINT');
      await until('"phase":"relay"');
      kill('SIGINT');
    });
    expect([code, output]).toEqual([0, expect.not.stringContaining('second signal')]);
    expect(output.match(/"name":"shutdown.phase"/g)).toHaveLength(shutdownPhases.length);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends in order when its parent has got a %s', async (signal) => {
    const script = fileURLToPath(new URL('../../test/shutdown-child.ts', import.meta.url));
    const parent = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { spawn } from 'node:child_process';
         const env = { ...process.env, VS_PARENT_PID: String(process.pid) };
         spawn(process.execPath, ['--no-warnings', ${JSON.stringify(script)}, ''], { env, stdio: 'inherit' });`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    parent.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('"ready"')) await once(parent.stdout, 'data');
    parent.kill(signal);
    // The child holds the pipe too: it closes when both have ended.
    await once(parent.stdout, 'close');
    expect(output).toContain('"reason":"the parent process is gone"');
    expect(output.match(/"name":"shutdown.phase"/g)).toHaveLength(shutdownPhases.length);
  });

  it.each([
    ['throws', 'uncaughtException'],
    ['rejects', 'unhandledRejection'],
  ])('logs what nobody handled as fatal and exits with 1: %s', async (mode, cause) => {
    const { code, output } = await run(mode, async () => undefined);
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`"level":"fatal".*"cause":"${cause}"`));
    expect(output).not.toContain('canary');
  });
});
