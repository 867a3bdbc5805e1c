/**
 * `npm run scale [-- --api 2 --parse 2 --media 2 --push 2 --scheduler 1 --port 8000 --once]`: the scaled mode on one machine without
 * containers. Every kind of process, a load balancer, and the services that the environment does not name: Postgres, Redis, MinIO. All
 * of it listens on loopback, keeps its data below DATA_DIR/scale, and is started again when it dies. Ctrl-C ends it in order.
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { say, step, table } from './demo/screen.mjs';
import { ensureBalancer, ensureMinio, ensureRedis } from './lib/services.mjs';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled } from './lib/workspace.mjs';

ensureInstalled();
continueUnderPinnedNode();
ensureBuilt();
if (existsSync('.env')) process.loadEnvFile('.env');
await import('./source.mjs');
const { LocalCluster } = await import('./scale/local-cluster.ts');
const { readScaleOptions } = await import('./scale/options.ts');

let starting;
let cluster;
let stopping = false;

/** Ends all in order and then us; at once when asked a second time. */
async function stop(code) {
  if (stopping) {
    cluster?.kill();
    process.exit(1);
  }
  stopping = true;
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
  const programs = { redis: ensureRedis(), minio: ensureMinio(), balancer: ensureBalancer() };
  if (programs.balancer === null) say('there is no haproxy: every API replica is reached on a port of its own');
  const dir = join(resolve(process.env.DATA_DIR || 'data'), 'scale');
  starting = LocalCluster.start({ ...options, dir, programs, env: process.env, say });
  cluster = await starting;
  if (!stopping) tell(options);
  if (options.once) await stop(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
