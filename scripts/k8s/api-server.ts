import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { Child } from '../scale/child.ts';
import { stablePort } from '../scale/ports.ts';
import type { Manifest } from './manifests.ts';

/** Paths of programs. */
export interface ApiServerPrograms {
  etcd: string;
  server: string;
  kubectl: string;
}

/** What kubectl said. */
export interface KubectlAnswer {
  code: number | null;
  output: string;
}

/**
 * The API server of Kubernetes with its etcd, on loopback, and nothing behind it: it checks, defaults and stores what it is given, and no Pod
 * ever runs.
 */
export class ApiServer {
  private constructor(
    private readonly kubectl: string,
    private readonly url: string,
    private readonly token: string,
    private readonly children: readonly Child[],
    private readonly dir: string,
  ) {}

  /** @param dir An empty folder. @throws Error with the last words of what did not start; nothing is left running. */
  static async start({ etcd, server, kubectl }: ApiServerPrograms, dir: string): Promise<ApiServer> {
    mkdirSync(dir, { recursive: true });
    const [clients, peers, port] = [await stablePort(), await stablePort(), await stablePort()];
    const token = randomBytes(16).toString('hex');
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    writeFileSync(join(dir, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(dir, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(join(dir, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    const env = { PATH: process.env['PATH'] ?? '', HOME: dir };
    const store = new Child({
      name: 'etcd',
      command: [
        ...[etcd, '--data-dir', join(dir, 'etcd'), '--unsafe-no-fsync'],
        ...[
          '--listen-client-urls',
          `http://127.0.0.1:${clients}`,
          '--advertise-client-urls',
          `http://127.0.0.1:${clients}`,
        ],
        ...[
          '--listen-peer-urls',
          `http://127.0.0.1:${peers}`,
          '--initial-advertise-peer-urls',
          `http://127.0.0.1:${peers}`,
        ],
        ...['--initial-cluster', `default=http://127.0.0.1:${peers}`],
      ],
      env,
      logFile: join(dir, 'etcd.log'),
      probe: () => answers(`http://127.0.0.1:${clients}/health`),
    });
    const api = new Child({
      name: 'kube-apiserver',
      command: [
        ...[server, `--etcd-servers=http://127.0.0.1:${clients}`, '--bind-address=127.0.0.1', `--secure-port=${port}`],
        ...[`--cert-dir=${join(dir, 'certificates')}`, `--token-auth-file=${join(dir, 'tokens.csv')}`],
        ...['--authorization-mode=AlwaysAllow', '--service-account-issuer=https://kubernetes.default.svc'],
        ...[
          `--service-account-key-file=${join(dir, 'sa.pub')}`,
          `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
        ],
        // No controller makes the default ServiceAccount here, and none has to be known.
        ...['--service-cluster-ip-range=10.0.0.0/24', '--disable-admission-plugins=ServiceAccount'],
        '--endpoint-reconciler-type=none',
      ],
      env,
      logFile: join(dir, 'kube-apiserver.log'),
      probe: async () => {
        const { code, output } = self.run(['get', '--raw', '/readyz']);
        if (code !== 0) throw new Error(output);
      },
    });
    const self = new ApiServer(kubectl, `https://127.0.0.1:${port}`, token, [store, api], dir);
    try {
      for (const child of self.children) await child.start();
    } catch (error) {
      await self.stop();
      throw error;
    }
    return self;
  }

  async stop(): Promise<void> {
    for (const child of this.children.toReversed()) await child.kill();
  }

  /** Applies on the server's side. Dry: everything is checked, nothing is stored. */
  apply(manifests: readonly Manifest[], { dry }: { dry: boolean }): KubectlAnswer {
    // 1.1: what kubectl reads, where `off` is a boolean unless it is quoted.
    const input = manifests.map((manifest) => stringify(manifest, { version: '1.1' })).join('---\n');
    return this.run(['apply', '--server-side', ...(dry ? ['--dry-run=server'] : []), '--filename', '-'], input);
  }

  /** Runs kubectl against it. */
  private run(args: string[], input = ''): KubectlAnswer {
    const { status, stdout, stderr } = spawnSync(
      this.kubectl,
      ['--server', this.url, '--token', this.token, '--insecure-skip-tls-verify', ...args],
      // A home of its own: a person's kubeconfig is none of our business.
      {
        input,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: this.dir, KUBECONFIG: '/dev/null' },
        timeout: 120_000,
      },
    );
    return { code: status, output: `${stdout}${stderr}` };
  }
}

async function answers(url: string): Promise<void> {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  if (status !== 200) throw new Error(`${url} answers ${status}`);
}
