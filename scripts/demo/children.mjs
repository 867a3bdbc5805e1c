/** The two processes of the demo: the sandbox, which plays the internet, and VaultStream itself. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pinnedNode, root } from '../lib/workspace.mjs';

/** Milliseconds: until a process must be there, and until it must be gone. */
const startMs = 60_000;
const stopMs = 30_000;

/** Starts processes that write their logs to `dir`, and ends them all. */
export class Children {
  #children = [];
  #over = false;

  constructor(dir) {
    this.dir = dir;
  }

  /** @returns `{ url, hosts }`; hosts is for FETCH_HOST_OVERRIDES */
  async startSandbox() {
    return JSON.parse(await this.#launch('sandbox', {}, /^\{/));
  }

  /** @returns `{ url, token }` */
  async startProduct(hosts, settings = {}) {
    const token = `vs_demo_${randomBytes(24).toString('hex')}`;
    const greeting = await this.#launch(
      'standalone',
      { DATA_DIR: join(this.dir, 'data'), API_PORT: '0', API_TOKEN: token, FETCH_HOST_OVERRIDES: hosts, ...settings },
      /runs at \S+/,
    );
    return { url: /runs at (\S+)/.exec(greeting)[1], token };
  }

  /** Ends them in order, the last first; by force when one does not end. From now on nothing is started. */
  async stopAll() {
    this.#over = true;
    for (const { child, ended } of this.#children.toReversed()) {
      const force = setTimeout(() => child.kill('SIGKILL'), stopMs);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
      clearTimeout(force);
    }
  }

  /** Starts a built app with an environment of its own, so that nothing of the caller's settings reaches it. @returns its first line that looks so */
  #launch(app, env, pattern) {
    if (this.#over) throw new Error('interrupted');
    const child = spawn(pinnedNode(), [join(root, 'apps', app, 'dist/main.js')], {
      cwd: this.dir,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches us alone, and we end them in order.
      detached: true,
    });
    const ended = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
    this.#children.push({ child, ended });
    const log = createWriteStream(join(this.dir, `${app}.log`));
    const last = [];
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${app} ${why}:\n${last.join('\n')}`));
      const timer = setTimeout(() => fail('does not start'), startMs);
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on('line', (line) => {
          log.write(`${line}\n`);
          if (last.push(line) > 5) last.shift();
          if (!pattern.test(line)) return;
          clearTimeout(timer);
          resolve(line);
        });
      void ended.then(() => {
        clearTimeout(timer);
        fail('has ended');
      });
    });
  }
}
