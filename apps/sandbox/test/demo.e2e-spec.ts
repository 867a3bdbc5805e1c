import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** `npm run demo` as a newcomer runs it, up to Ctrl-C: it checks its own promises, this checks that it does and that it cleans up. */
describe('the demo', () => {
  it('shows the loop, keeps its promises, and leaves nothing behind', async () => {
    const demo = spawn(process.execPath, ['scripts/demo.mjs', '--keep'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(demo, 'exit');
    let shown = '';
    try {
      await new Promise<void>((resolve) => {
        demo.stdout.on('data', (chunk) => {
          shown += String(chunk);
          if (shown.includes('Ctrl-C ends both')) resolve();
        });
        // It ends by itself only when something is wrong; what it said then is seen below.
        demo.once('exit', () => resolve());
      });
      const address = (pattern: RegExp) => pattern.exec(shown)?.[1] ?? `nowhere to be seen in ${shown}`;
      const [product, sandbox] = [address(/product\s+runs at ([^\s,]+)/), address(/public hosts at (\S+)/)];
      expect((await fetch(`${product}/health`)).status).toBe(200);
      expect((await fetch(`${sandbox}/_control/log`)).status).toBe(200);
      const folder = address(/folder\s+(\S+)/);
      expect(existsSync(folder)).toBe(true);

      demo.kill('SIGINT');
      expect(await exit).toEqual([0, null]);
      expect(existsSync(folder)).toBe(false);
      for (const url of [product, sandbox]) await expect(fetch(url)).rejects.toThrow('fetch failed');
    } finally {
      if (demo.exitCode === null) demo.kill('SIGTERM');
      await exit;
    }
    expect(shown).toMatch(/WEBHOOK_\w+, on this machine: FETCH_ALLOW_HOSTS=127\.0\.0\.1:\d+ allows it/);
    const promises = shown.slice(shown.indexOf('As promised?')).match(/^ {2}(?:yes|NO ) .*$/gm) ?? [];
    expect(promises.length).toBeGreaterThanOrEqual(12);
    expect(promises.filter((line) => line.startsWith('  NO'))).toEqual([]);
    for (const kind of ['shared', 'read', 'archived', 'failed', 'replayed', 'webhook', 'telegram', 'found'])
      expect(shown).toMatch(new RegExp(`#\\d+ +${kind} `));
  }, 240_000);
});
