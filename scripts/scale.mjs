/**
 * `npm run scale [-- --api 2 --parse 2 --media 2 --push 2 --scheduler 1 --port 8000 --once]`: the scaled mode on one machine without
 * containers. Every kind of process, a load balancer, and the services that the environment does not name: Postgres, Redis, MinIO. All
 * of it listens on loopback, keeps its data below DATA_DIR/scale, and is started again when it dies. Ctrl-C ends it in order.
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { say, step, table } from './demo/screen.mjs';
import { ensureBalancer, ensureMinio, ensureRedis } from './lib/services.mjs';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

helpIfAsked(
  `npm run scale [-- options]: the product as many processes on this machine, until Ctrl-C.

  --api 2 --parse 2 --media 2 --push 2 --scheduler 1   how many of each kind
  --port 8000                                          where the load balancer listens (API_PORT; 0: a free port)
  --once                                               end as soon as everything is up`,
);
ensureInstalled();
await continueUnderPinnedNode();
if (existsSync('.env')) process.loadEnvFile('.env');
await import('./source.mjs');
const { DataDirLock } = await import('@vaultstream/store/embedded');
const { LocalCluster } = await import('./scale/local-cluster.ts');
const { readScaleOptions } = await import('./scale/options.ts');
const { assertFree } = await import('./scale/ports.ts');

/** Milliseconds within which a second signal is the same wish: npm hands the terminal's Ctrl-C on once more. */
const sameWishMs = 1_000;

// A terminal that was closed takes no more words; the end goes on all the same.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

let starting;
let cluster;
let stoppingSince;

/** Ends all in order and then us; at once when asked a second time. */
async function stop(code) {
  if (stoppingSince !== undefined) {
    if (performance.now() - stoppingSince < sameWishMs) return;
    cluster?.kill();
    process.exit(1);
  }
  stoppingSince = performance.now();
  say('ending all in order; Ctrl-C once more ends at once ...');
  const began = performance.now();
  // Half of a cluster cannot be ended in order.
  await starting?.catch(() => undefined);
  await cluster?.stop();
  say(`ended after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  process.exit(code);
}

/** Tells where everything is. */
function tell(options) {
  const places = cluster.places();
  step('VaultStream runs, scaled');
  table(
    ['process', 'address', 'metrics', 'pid', 'log'],
    places.map(({ name, address, metrics, pid, log }) => [
      name,
      address,
      metrics,
      String(pid ?? ''),
      log && relative('.', log),
    ]),
  );
  console.log(`\n  API    ${cluster.url}/api/v1   (described at ${cluster.url}/docs)`);
  if (cluster.token === null) console.log('  Token  API_TOKEN of the environment');
  else if (cluster.token.fresh)
    console.log(`  Token  ${cluster.token.value}   (shown this once; kept in ${relative('.', cluster.token.file)})`);
  else console.log(`  Token  kept in ${relative('.', cluster.token.file)}`);
  if (!options.once) console.log('\n  Ctrl-C ends all of it.\n');
}

try {
  const options = readScaleOptions(process.argv.slice(2), Number(process.env.API_PORT || 8000));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
  // What can be known at once is said at once: whether the folder is ours, and whether the port is free.
  const dir = join(resolve(process.env.DATA_DIR || 'data'), 'scale');
  const lock = await DataDirLock.acquire(dir);
  const balancer = ensureBalancer();
  if (balancer !== null && options.port !== undefined) await assertFree(options.port);
  ensureBuilt();
  const programs = { redis: ensureRedis(), minio: ensureMinio(), balancer };
  if (balancer === null) say('there is no haproxy: every API replica is reached on a port of its own');
  starting = LocalCluster.start({ ...options, dir, lock, programs, env: process.env, say });
  cluster = await starting;
  if (stoppingSince === undefined) tell(options);
  if (options.once) await stop(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  // The end that was asked for goes its own way; a start that it has cut off is no failure.
  if (stoppingSince === undefined) process.exit(1);
}
