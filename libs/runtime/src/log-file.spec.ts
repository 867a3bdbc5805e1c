import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { Env, EnvError } from './env.ts';
import { LogFile } from './log-file.ts';
import { createLogger, logFileOf } from './logger.ts';

let folder: Awaited<ReturnType<typeof tempDir>>;
let path: string;
let now = 0;
beforeEach(async () => {
  folder = await tempDir();
  path = join(folder.path, 'logs/app.log');
  now = 10_000;
});
afterEach(() => folder.remove());

const open = (maxBytes = 100, count = 3) => LogFile.open({ path, maxBytes, count }, () => now);
const text = (name: string) => readFile(join(folder.path, 'logs', name), 'utf8');
/** Ten bytes. */
const line = (n: number) => `line ${String(n).padStart(4, '0')}\n`;

describe('a log file', () => {
  it('begins a new one at its size, keeps as many as it may, and no line is torn or lost', async () => {
    const file = open(100, 3);
    for (let n = 0; n < 45; n++) file.write(line(n));
    expect((await readdir(join(folder.path, 'logs'))).sort()).toEqual(['app.log', 'app.log.1', 'app.log.2']);
    const whole = (await text('app.log.2')) + (await text('app.log.1')) + (await text('app.log'));
    expect(whole).toBe(Array.from({ length: 25 }, (_, n) => line(n + 20)).join(''));
    expect((await stat(`${path}.1`)).size).toBe(100);
    expect(file.lost).toBe(0);
  });

  it('goes on where the last run ended, and keeps only itself where one file is allowed', async () => {
    open(100, 1).write(line(1));
    const again = open(100, 1);
    for (let n = 2; n < 15; n++) again.write(line(n));
    expect(await readdir(join(folder.path, 'logs'))).toEqual(['app.log']);
    expect(await text('app.log')).toBe(line(11) + line(12) + line(13) + line(14));
  });

  it('takes a line that is longer than a file', async () => {
    const file = open(20, 2);
    file.write(line(1));
    file.write(`${'x'.repeat(50)}\n`);
    expect([(await text('app.log.1')).length, (await text('app.log')).length]).toEqual([10, 51]);
  });

  it('shares its path with another process: each follows when the other has begun a new file', async () => {
    const [one, other] = [open(100, 5), open(100, 5)];
    for (let n = 0; n < 30; n++) (n % 2 === 0 ? one : other).write(line(n));
    const names = (await readdir(join(folder.path, 'logs'))).sort();
    const lines = (await Promise.all(names.map(text))).join('').trim().split('\n').sort();
    expect(lines).toEqual(Array.from({ length: 30 }, (_, n) => line(n).trim()));
  });

  it('is made anew when it was moved or deleted by others', async () => {
    const file = open(1_000);
    file.write(line(1));
    await rename(path, `${path}.moved`);
    now += 6_000;
    file.write(line(2));
    expect([await text('app.log.moved'), await text('app.log')]).toEqual([line(1), line(2)]);
  });

  it('a full disk loses lines, counts them, and nothing else; they are written again once there is room', async () => {
    await mkdir(join(folder.path, 'logs'));
    await symlink('/dev/full', path);
    const file = open(1_000);
    for (let n = 0; n < 3; n++) file.write(line(n));
    expect(file.lost).toBe(3);
    await rm(path);
    file.write(line(3));
    expect(file.lost).toBe(4);
    now += 1_001;
    file.write(line(4));
    expect(file.lost).toBe(4);
    expect(await text('app.log')).toBe(line(4));
  });

  it('that never could be written is refused at the start, with the name of the variable', async () => {
    await mkdir(path, { recursive: true });
    expect(() => open()).toThrow(EnvError);
    expect(() => open()).toThrow(/^LOG_FILE: .*app\.log cannot be written: EISDIR/);
    await writeFile(join(folder.path, 'file'), '');
    expect(() => LogFile.open({ path: join(folder.path, 'file/app.log'), maxBytes: 1, count: 1 })).toThrow(/^LOG_FILE/);
  });
});

describe('a logger with a file', () => {
  const token = 'vs_admin_0123456789abcdef0123';
  const log = (variables: Record<string, string>) => {
    const written: string[] = [];
    const stream = { write: (told: string) => void written.push(told) } as unknown as NodeJS.WritableStream;
    const env = Env.load({ LOG_FILE: join(folder.path, 'logs/{service}.log'), LOG_FORMAT: 'json', ...variables });
    return { logger: createLogger('api', { ...env.log, stream }), written };
  };

  it('writes each line into both, redacted, as JSON whatever the terminal is shown', async () => {
    const { logger, written } = log({ LOG_FORMAT: 'pretty' });
    logger.warn({ name: 'test', note: `token=${token}` }, 'hello');
    expect(written).toEqual([expect.stringContaining('hello')]);
    expect(written[0]).not.toContain('"service"');
    const record = JSON.parse(await text('api.log')) as Record<string, unknown>;
    expect(record).toMatchObject({ service: 'api', name: 'test', message: 'hello', level: 'warn' });
    expect(await text('api.log')).not.toContain(token);
  });

  it('goes on telling stdout when the disk is full', async () => {
    await mkdir(join(folder.path, 'logs'));
    await symlink('/dev/full', join(folder.path, 'logs/api.log'));
    const { logger, written } = log({});
    for (let n = 0; n < 5; n++) logger.info({ n }, 'line');
    expect(written).toHaveLength(5);
    expect(logFileOf(logger)?.lost).toBe(5);
  });

  it('has its last line on the disk when the process is killed', async () => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        join(import.meta.dirname, '../../../scripts/source.mjs'),
        join(import.meta.dirname, '../test/log-file-child.ts'),
        path,
      ],
      { cwd: join(import.meta.dirname, '../../..'), stdio: 'ignore', env: { PATH: process.env['PATH'] } },
    );
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect((await text('app.log')).trim().split('\n')).toHaveLength(100);
  }, 30_000);
});
