/**
 * Gets the programs that tests and the local cluster run beside VaultStream, and says what could not be had. Ends with 1 when CI=true
 * and one is missing: there, nothing may be skipped.
 */
import {
  ensureApiServer,
  ensureBalancer,
  ensureChromium,
  ensureMinio,
  ensurePrometheus,
  ensureRedis,
} from './lib/services.mjs';

const wanted = [
  ['redis-server', ensureRedis, 'install redis-server (or valkey)'],
  ['HAProxy', ensureBalancer, 'install haproxy'],
  ['Chromium', ensureChromium, 'install chromium'],
  ['Prometheus', ensurePrometheus, 'install prometheus'],
  ['MinIO', ensureMinio, 'install minio, or Go so that it can be built, or name another S3 in TEST_S3_ENDPOINT'],
  // Minutes of building: only where all has to be shown.
  ...(process.env.CI === 'true'
    ? [['the API server of Kubernetes', ensureApiServer, 'install etcd, kubectl and Go so that it can be built']]
    : []),
];
const missing = wanted.filter(([, ensure]) => ensure() === null);
for (const [name, , advice] of missing) console.error(`SKIPPED: tests that need ${name} do not run here: ${advice}`);
process.exit(missing.length > 0 && process.env.CI === 'true' ? 1 : 0);
