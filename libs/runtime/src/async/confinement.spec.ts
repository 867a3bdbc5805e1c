import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

/** What `confine` says of the user of children, in a process of its own with these capabilities taken from it. */
function userOf(withoutCapabilities: string[]): unknown {
  const program = `
    import { confine } from ${JSON.stringify(fileURLToPath(new URL('./confinement.ts', import.meta.url)))};
    const limits = { wallMs: 1, cpuMs: 1, rss: 1, heapMb: 64 };
    const entry = new URL(${JSON.stringify(new URL('../../test/pool-child.ts', import.meta.url).href)});
    console.log(JSON.stringify(confine({ name: 'test', entry, limits }).user ?? null));`;
  const node = [process.execPath, '--conditions=source', '--input-type=module-typescript', '--eval', program];
  const bounds = withoutCapabilities.map((name) => `-${name}`).join(',');
  const [command = '', ...args] = bounds === '' ? node : ['setpriv', `--bounding-set=${bounds}`, ...node];
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(stderr || 'nothing was said');
  }
}

const asRoot = process.platform === 'linux' && process.getuid?.() === 0 ? it : it.skip;

describe('who children of the pool run as', () => {
  asRoot('is a user of their own, and ourselves where a container lets its root not change the user', () => {
    expect(userOf([])).toEqual({ uid: 65_533, gid: 65_533 });
    expect(userOf(['setuid', 'setgid'])).toBeNull();
  });
});
