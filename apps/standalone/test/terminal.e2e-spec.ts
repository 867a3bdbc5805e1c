import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';

const root = join(import.meta.dirname, '../../..');
const terminal = join(import.meta.dirname, 'support/terminal.py');
/** npm's progress, and how it takes it away. */
const wheel = new RegExp(String.raw`[\u2800-\u28ff]|\u001b\[(?:1G|0K)`, 'g');
/** Terminals are made by Python: a native package would have to be compiled. */
const withPython = spawnSync('python3', ['--version']).status === 0 ? describe : describe.skip;

withPython('npm start in a terminal', () => {
  let dataDir = '';
  let child: ChildProcess | undefined;
  let output = '';

  const environment = (more: Record<string, string> = {}) => ({
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATA_DIR: dataDir,
    API_PORT: '0',
    ...more,
  });
  const start = (more: Record<string, string> = {}): ChildProcess => {
    output = '';
    const started = spawn('python3', [terminal, 'npm', 'start'], { cwd: root, env: environment(more) });
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child = started;
    return started;
  };
  /** What stands there at the end; npm turns a wheel while it waits, and wipes it away. */
  const lines = () => output.replaceAll(wheel, '').replaceAll('\r', '').replace(/\n$/, '').split('\n');
  const boxed = () => eventually(() => expect(output).toContain('╯'), { timeoutMs: 60_000 });
  const token = () => /shown this once: (\S+)/.exec(output)?.[1] ?? '';
  const get = (path: string, bearer: string) =>
    fetch(`${/runs at (\S+)/.exec(output)?.[1]}${path}`, { headers: { 'x-api-token': bearer } });
  const askToken = () => {
    const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/token.mjs')], {
      cwd: root,
      env: environment(),
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^vs_\S+\n$/)]);
    return stdout.trim();
  };
  const ctrlC = async () => {
    child?.stdin?.write('\x03');
    if (child?.exitCode === null) await once(child, 'exit');
  };

  afterEach(async () => {
    if (child?.exitCode === null) {
      child.stdin?.end();
      await once(child, 'exit');
    }
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('ends its first start with a box that has the token, is silent until something happens, and stops quietly', async () => {
    dataDir = newDataDir();
    start();
    await boxed();
    expect(lines().length).toBeLessThanOrEqual(15);
    expect(lines().slice(-3).join('\n')).toContain(token());
    expect(output).toMatch(/Ctrl-C stops it[^\n]*npm run token/);
    const before = lines().length;
    expect((await get('/api/v1/tokens', token())).status).toBe(200);
    await eventually(() => expect(lines().length).toBeGreaterThan(before));
    expect(lines()[before]).toMatch(/^\d\d:\d\d:\d\d GET \/tokens 200 \d+ ms$/);

    const made = askToken();
    expect((await get('/api/v1/tokens', made)).status).toBe(200);
    expect((await get('/api/v1/tokens', token())).status).toBe(200);
    await eventually(() => expect(output.match(/GET \/tokens 200/g)).toHaveLength(3));
    const said = lines().length;
    await ctrlC();
    expect(child?.exitCode).toBe(0);
    expect(lines().slice(said).join('\n')).toMatch(/^(\^C)?\d\d:\d\d:\d\d stopping \.\.\.\n*$/);

    const whileStopped = askToken();
    start();
    await boxed();
    expect(output).not.toContain('shown this once');
    expect((await get('/api/v1/tokens', whileStopped)).status).toBe(200);
    await ctrlC();
  }, 180_000);

  it('stops in order when the terminal is closed', async () => {
    dataDir = newDataDir();
    const started = start();
    await boxed();
    expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(true);
    started.stdin?.end();
    await eventually(() => expect(existsSync(join(dataDir, 'postgres/postmaster.pid'))).toBe(false), {
      timeoutMs: 20_000,
    });
  }, 120_000);

  it('says last and alone that its port is taken', async () => {
    dataDir = newDataDir();
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const started = start({ API_PORT: String(port) });
    await once(started, 'exit');
    holder.close();
    const own = lines().filter((line) => line.trim() !== '' && !line.startsWith('>'));
    expect(own).toEqual([expect.stringContaining(`127.0.0.1:${port} is taken`)]);
  }, 120_000);
});
