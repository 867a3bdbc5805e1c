/**
 * `npm run demo [-- --keep]`: the whole loop in one command, without any account and without the internet. The sandbox plays the sites,
 * Bilibili, Telegram and a webhook's receiver; VaultStream runs as it is, on a data directory that is removed at the end.
 *
 * Exit code 0 only when everything was as promised. `--keep`: both stay up for looking around, until Ctrl-C.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from './demo/children.mjs';
import { productClient, sandboxClient } from './demo/clients.mjs';
import { play } from './demo/play.mjs';
import { happened, say, step } from './demo/screen.mjs';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, readFlags } from './lib/workspace.mjs';

/** Milliseconds for everything that comes after the start. */
const patienceMs = 105_000;

const { keep } = readFlags('npm run demo [-- --keep]: the whole loop, played. --keep: stays up until Ctrl-C.', [
  'keep',
]);
ensureInstalled();
await continueUnderPinnedNode();
ensureBuilt();

const dir = mkdtempSync(join(tmpdir(), 'vaultstream-demo-'));
// The database's service user must be able to pass through.
chmodSync(dir, 0o711);
const children = new Children(dir);

/** The exit code, once the story has been told. */
let outcome = null;
const interruption = new Promise((resolve) => {
  const interrupt = () => resolve(outcome ?? 130);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  // Nobody reads any more, as in `npm run demo | head`.
  process.stdout.on('error', interrupt);
});

/** @returns the exit code */
async function run() {
  step('VaultStream, and a small internet to try it on');
  const sandbox = await children.startSandbox();
  happened('sandbox', null, `plays ${sandbox.hosts.split(',').length} public hosts at ${sandbox.url}`);
  const product = await children.startProduct(sandbox.hosts, { FETCH_ALLOW_HOSTS: new URL(sandbox.url).host });
  happened('product', null, `runs at ${product.url}, with its own Postgres`);
  const story = play(productClient(product.url, product.token), sandboxClient(sandbox.url), Date.now() + patienceMs);
  outcome = (await story) ? 0 : 1;
  if (!keep) return outcome;
  step('Look around');
  say(`API      ${product.url}/api/v1/contents   X-API-Token: ${product.token}`);
  say(`sandbox  ${sandbox.url}/_control/telegram/messages, /_control/webhook/calls, /_control/log`);
  say(`folder   ${dir}`);
  say('Ctrl-C ends both and removes the folder.');
  return interruption;
}

let code = 1;
try {
  code = await Promise.race([run(), interruption]);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
}
await children.stopAll();
rmSync(dir, { recursive: true, force: true });
// Not by itself: when it was interrupted, the story is still waiting for something.
process.exit(code);
