/**
 * Programs that tests and the local cluster run beside VaultStream: redis-server, MinIO, HAProxy, Chromium, Prometheus. What is on the PATH is
 * used; what is missing is got where that needs no question: Debian's packages for root, the Go proxy where Go is installed.
 */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The last MinIO that its project has published as source. */
const minioModule = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c';

/** Where programs that we build or unpack ourselves are kept between runs. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'vaultstream', 'bin');

/** Path of the first of these programs that can be run, or null. Debian keeps servers out of some users' PATH. */
function find(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin', cache].filter(Boolean);
  for (const name of names)
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this one.
      }
    }
  return null;
}

export const findRedis = () => find('redis-server', 'valkey-server');
export const findMinio = () => find('minio');
export const findBalancer = () => find('haproxy');
export const findChromium = () => find('chromium');
export const findPrometheus = () => find('prometheus');
/** What checks configurations and rules of Prometheus. */
export const findPromtool = () => find('promtool');

/** @returns Its path, or null where it cannot be had. */
export const ensureRedis = () => findRedis() ?? (installPackage('redis-server') ? findRedis() : null);
/** @returns Its path, or null where it cannot be had. */
export const ensureBalancer = () => findBalancer() ?? (installPackage('haproxy') ? findBalancer() : null);
/** For tests that look at a page. @returns Its path, or null where it cannot be had. */
export const ensureChromium = () => findChromium() ?? (installPackage('chromium') ? findChromium() : null);

/**
 * Prometheus with promtool, unpacked from Debian's package into our own folder: nothing is installed, so it needs no root and starts no service.
 * @returns Its path, or null where it cannot be had.
 */
export function ensurePrometheus() {
  const found = () => (findPromtool() === null ? null : findPrometheus());
  return found() ?? (unpackPackage('prometheus', ['usr/bin/prometheus', 'usr/bin/promtool']) ? found() : null);
}

/** Takes some minutes the first time: MinIO is built from source. @returns Its path, or null where it cannot be had. */
export function ensureMinio() {
  const found = findMinio();
  if (found !== null) return found;
  const go = find('go');
  if (go === null) return null;
  console.error('building MinIO (once; some minutes) ...');
  mkdirSync(cache, { recursive: true });
  // CGO_ENABLED=0: a machine without a C compiler can build it too.
  const env = { ...process.env, GOBIN: cache, CGO_ENABLED: '0' };
  const done = spawnSync(go, ['install', minioModule], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  if (done.status !== 0) console.error(String(done.stderr).split('\n').slice(-5).join('\n'));
  return findMinio();
}

export const findKubectl = () => find('kubectl');
export const findApiServer = () => find('kube-apiserver');
export const findEtcd = () => find('etcd');

/**
 * What a cluster says of manifests, without a cluster: the API server of Kubernetes and its etcd. Takes some minutes the first time: the
 * server is built from source. @returns Paths of the three programs, or null where one cannot be had.
 */
export function ensureApiServer() {
  const etcd = findEtcd() ?? (unpackPackage('etcd-server', ['usr/bin/etcd']) ? findEtcd() : null);
  const server = findApiServer() ?? (etcd && buildKubernetes('kube-apiserver') ? findApiServer() : null);
  const kubectl = findKubectl() ?? (server && buildKubernetes('kubectl') ? findKubectl() : null);
  return etcd && server && kubectl ? { etcd, server, kubectl } : null;
}

/** Builds a program of the Kubernetes that scripts/k8s/apiserver/go.mod names. False when that is not possible here. */
function buildKubernetes(name) {
  const go = find('go');
  if (go === null) return false;
  console.error(`building ${name} (once; some minutes) ...`);
  mkdirSync(cache, { recursive: true });
  const module = join(import.meta.dirname, '..', 'k8s', 'apiserver');
  const { version } = /k8s\.io\/kubernetes (?<version>v[\d.]+)/.exec(
    readFileSync(join(module, 'go.mod'), 'utf8'),
  ).groups;
  const target = join(cache, name);
  const flags = `-s -w -X k8s.io/component-base/version.gitVersion=${version}`;
  const args = [
    'build',
    '-C',
    module,
    '-ldflags',
    flags,
    '-o',
    `${target}.${process.pid}`,
    `k8s.io/kubernetes/cmd/${name}`,
  ];
  const done = spawnSync(go, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (done.status !== 0) {
    console.error(String(done.stderr).split('\n').slice(-5).join('\n'));
    return false;
  }
  renameSync(`${target}.${process.pid}`, target);
  return true;
}

/** Installs a Debian package without starting its service. False when that is not possible here. */
function installPackage(name) {
  if (process.getuid?.() !== 0 || find('apt-get') === null) return false;
  console.error(`installing ${name} ...`);
  // RUNLEVEL=1 keeps the package's scripts from starting the service: we run our own, on our own port.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 2] }).status === 0;
  const install = () => apt('install', '-y', '-qq', '--no-install-recommends', name);
  return install() || (apt('update', '-qq') && install());
}

/** Puts programs of a Debian package into our own folder. False when that is not possible here. */
function unpackPackage(name, programs) {
  if (find('apt-get') === null || find('dpkg-deb') === null) return false;
  console.error(`unpacking ${name} ...`);
  const folder = mkdtempSync(join(tmpdir(), 'vaultstream-package-'));
  try {
    const run = (...command) =>
      spawnSync(command[0], command.slice(1), { cwd: folder, stdio: ['ignore', 'ignore', 2] }).status === 0;
    const download = () => run('apt-get', '-o', 'APT::Sandbox::User=root', 'download', '-qq', name);
    if (!download() && !(process.getuid?.() === 0 && run('apt-get', 'update', '-qq') && download())) return false;
    const archive = readdirSync(folder).find((file) => file.endsWith('.deb'));
    if (archive === undefined || !run('dpkg-deb', '--extract', archive, 'content')) return false;
    mkdirSync(cache, { recursive: true });
    for (const program of programs) {
      const target = join(cache, program.slice(program.lastIndexOf('/') + 1));
      // Renamed when it is whole: another run may be looking for it.
      copyFileSync(join(folder, 'content', program), `${target}.${process.pid}`);
      chmodSync(`${target}.${process.pid}`, 0o755);
      renameSync(`${target}.${process.pid}`, target);
    }
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
