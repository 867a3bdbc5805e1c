import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { crashPoint, crashPoints } from './crash-point.ts';
import { Env, EnvError } from './env.ts';

const root = join(import.meta.dirname, '../../..');

/** Passes a place five times in a process of its own, which says how far it got. */
function child(armed: string): { signal: NodeJS.Signals | null; passed: number } {
  const module = join(import.meta.dirname, 'crash-point.ts');
  const code = `
    const { armCrashPoint, crashPoint } = await import(${JSON.stringify(module)});
    armCrashPoint(${armed});
    for (let pass = 1; pass <= 5; pass++) {
      crashPoint('after-claim');
      require('node:fs').writeSync(1, 'x');
    }`.replace('require', 'process.getBuiltinModule');
  const args = ['--import', join(root, 'scripts/source.mjs'), '--input-type=module', '--eval', code];
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { signal: done.signal, passed: done.stdout.length };
}

describe('crash points', () => {
  it('cost nothing and do nothing when none is armed', () => {
    for (const name of crashPoints) crashPoint(name);
    expect(child('undefined')).toEqual({ signal: null, passed: 5 });
    expect(child(`{ name: 'before-send', passes: 1 }`)).toEqual({ signal: null, passed: 5 });
  });

  it('end the process at once, at the pass that is asked for', () => {
    expect(child(`{ name: 'after-claim', passes: 1 }`)).toEqual({ signal: 'SIGKILL', passed: 0 });
    expect(child(`{ name: 'after-claim', passes: 3 }`)).toEqual({ signal: 'SIGKILL', passed: 2 });
  });

  it('are armed by VS_CRASH_AT, which refuses what is none', () => {
    expect(Env.load({}).crashAt).toBeUndefined();
    expect(Env.load({ VS_CRASH_AT: 'before-commit' }).crashAt).toEqual({ name: 'before-commit', passes: 1 });
    expect(Env.load({ VS_CRASH_AT: 'before-commit:12' }).crashAt).toEqual({ name: 'before-commit', passes: 12 });
    for (const value of ['nowhere', 'before-commit:0', 'before-commit:x', ':1'])
      expect(() => Env.load({ VS_CRASH_AT: value })).toThrow(EnvError);
  });
});
