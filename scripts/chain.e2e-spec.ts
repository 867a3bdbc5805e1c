import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';

const root = join(import.meta.dirname, '..');

/** A process of the chain and what it is. */
interface Link {
  pid: number;
  command: string;
}

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
const isAlive = (pid: number): boolean => {
  const stat = read(pid, 'stat');
  return stat !== '' && stat[stat.lastIndexOf(')') + 2] !== 'Z';
};
function treeOf(pid: number): Link[] {
  const children = read(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return [{ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ') }, ...children.flatMap(treeOf)];
}

/** What npm starts, how it says that it is up, where its Postgres lies, and its last link, by the command line. */
const products = {
  start: {
    npm: ['start'],
    args: [],
    up: /VaultStream runs at/,
    data: '.',
    product: /apps\/standalone\/dist\/main\.js/,
  },
  scale: {
    npm: ['run', 'scale', '--'],
    args: ['--api', '1', '--parse', '1', '--media', '0', '--push', '0', '--port', '0'],
    up: /Ctrl-C ends all of it/,
    data: 'scale',
    product: /scripts\/scale\.mjs/,
  },
};
const signals = ['SIGTERM', 'SIGKILL'] as const;
/**
 * npm runs scripts under the pinned Node, which it finds in node_modules/.bin. At the very first start that is not there yet: another Node
 * runs the script, and waits in front of the pinned one where it cannot replace itself by it (Node 20).
 */
const ways = ['npm', 'another Node'] as const;
const cases = ways.flatMap((way) =>
  (['first', 'last'] as const).flatMap((link) => signals.map((signal) => [way, link, signal] as const)),
);

describe.each(['start', 'scale'] as const)('npm %s, when one process of its chain is ended', (name) => {
  const { npm, args, up, data, product } = products[name];
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-chain-'));
  // The database's service user must be able to pass through.
  chmodSync(dir, 0o711);
  const other = mkdtempSync(join(tmpdir(), 'vaultstream-node-'));
  let chain: ChildProcess | undefined;
  let output = '';

  /** Starts it and answers all its processes, the first link first. */
  async function start(way: (typeof ways)[number]): Promise<Link[]> {
    const node = join(other, 'node');
    if (!existsSync(node)) copyFileSync(join(root, 'node_modules/node/bin/node'), node);
    const [program, ...rest] =
      way === 'npm' ? ['npm', ...npm, ...args] : [node, join(root, `scripts/${name}.mjs`), ...args];
    output = '';
    chain = spawn(program ?? '', rest, {
      cwd: root,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DATA_DIR: dir,
        API_PORT: '0',
        ...(way === 'npm' ? {} : { NODE_OPTIONS: '--import=data:text/javascript,process.execve=undefined' }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [chain.stdout, chain.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually(() => expect(output).toMatch(up), { timeoutMs: 60_000, intervalMs: 100 });
    return treeOf(chain.pid ?? 0);
  }

  async function expectNothingLeft(tree: Link[]): Promise<void> {
    await eventually(() => expect(tree.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeoutMs: 30_000 });
    // What Postgres leaves lying when it is not stopped in order.
    expect(existsSync(join(dir, data, 'postgres/postmaster.pid'))).toBe(false);
  }

  afterEach(() => {
    for (const { pid } of chain?.pid === undefined ? [] : treeOf(chain.pid))
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  afterAll(() => {
    for (const folder of [dir, other]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it.each(cases)(
    'under %s, the %s link gets a %s: all of it ends, Postgres in order, and the next start finds everything well',
    async (way, which, signal) => {
      const tree = await start(way);
      expect(tree.some(({ command }) => command.includes('bin/postgres -D'))).toBe(true);
      const links = tree.filter(({ command }, index) => index === 0 || product.test(command));
      expect(links).toHaveLength(2);
      process.kill(links[which === 'first' ? 0 : 1]?.pid ?? 0, signal);
      await expectNothingLeft(tree);
      expect(output).not.toMatch(/administrator command|second signal/);
    },
    120_000,
  );
});
