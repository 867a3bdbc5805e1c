import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

describe('--help', () => {
  it.each(Object.entries(scripts))('of npm run %s tells what it is for, and does nothing else', (name, command) => {
    const [, ...args] = command.replace(/^exec /, '').split(' ');
    const call = name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args, '--help'], {
      cwd: root,
      encoding: 'utf8',
      timeout: 10_000,
      // Nothing to begin with: it must not need what it would have to install first.
      env: { PATH: '/nowhere' },
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(call);
  });
});
