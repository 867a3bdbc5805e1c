/**
 * Gives the tests a Postgres: the one of TEST_DATABASE_URL where you set it, else an embedded one for this run. And says where the
 * programs are that some suites start for themselves.
 */
import {
  findApiServer,
  findBalancer,
  findChromium,
  findEtcd,
  findKubectl,
  findMinio,
  findPrometheus,
  findPromtool,
  findRedis,
} from '../../../scripts/lib/services.mjs';
import '../../../scripts/source.mjs';

export default async function setup() {
  process.env.TEST_REDIS_SERVER ??= findRedis() ?? '';
  process.env.TEST_MINIO ??= findMinio() ?? '';
  process.env.TEST_CHROMIUM ??= findChromium() ?? '';
  process.env.TEST_HAPROXY ??= findBalancer() ?? '';
  process.env.TEST_PROMETHEUS ??= findPrometheus() ?? '';
  process.env.TEST_PROMTOOL ??= findPromtool() ?? '';
  process.env.TEST_ETCD ??= findEtcd() ?? '';
  process.env.TEST_API_SERVER ??= findApiServer() ?? '';
  process.env.TEST_KUBECTL ??= findKubectl() ?? '';
  process.env.TEST_ETCD ??= findEtcd() ?? '';
  process.env.TEST_API_SERVER ??= findApiServer() ?? '';
  process.env.TEST_KUBECTL ??= findKubectl() ?? '';
  if (process.env.TEST_DATABASE_URL) return;
  const { startTestServer } = await import('../src/postgres/test-server.ts');
  const server = await startTestServer();
  process.env.TEST_DATABASE_URL = server.url; // workers inherit it
  globalThis.vaultstreamTestServer = server;
}
