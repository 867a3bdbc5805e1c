import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScaledObject, TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { PrometheusRule, ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { queueNames, tasks } from '@vaultstream/contracts';
import { testDatabase } from '@vaultstream/testing';
import { Database } from '@vaultstream/store';
import { ApiServer } from './api-server.ts';
import { mostReplicas, overlays, podsOf, render, type Manifest, type Overlay } from './manifests.ts';
import { migrationSuffix } from './release.ts';
import { sizeFor } from '../../libs/runtime/src/async/pool-size.ts';
import { operatorRules, rulesFile } from './rules.ts';

const { TEST_KUBECTL: kubectl = '', TEST_ETCD: etcd = '', TEST_API_SERVER: server = '' } = process.env;

/** Kinds that a cluster knows only once their operator has been installed. */
const operators = new Map<string, { new (manifest: never): { validate(): void } }>(
  Object.entries({ ScaledObject, TriggerAuthentication, ServiceMonitor, PrometheusRule }),
);
/**
 * Most connections of one process: its pool, its listener, one for the lock of who tells the gauges, and the broker's pool (its queues and six)
 * where Postgres carries the tasks.
 */
const connectionsOf = (queues: number) => 10 + 1 + 1 + queues + 6;
/** What a child of a pool may take at most, and what the process itself does. */
const childBytes = 768 * 2 ** 20;
const ownBytes = 256 * 2 ** 20;
const bytesOf = (quantity: string): number =>
  Number.parseInt(quantity) * ({ Mi: 2 ** 20, Gi: 2 ** 30 }[quantity.replace(/^\d+/, '')] ?? NaN);
/** What each kind of process serves. */
const queuesOf: Record<string, number> = {
  api: 0,
  'parse-worker': 1,
  'media-worker': 1,
  'push-dispatcher': 2,
  scheduler: 1,
};

(kubectl === '' ? describe.skip : describe)('the manifests', () => {
  const rendered = new Map<Overlay, Manifest[]>();
  const of = (overlay: Overlay) => rendered.get(overlay) ?? [];
  const pick = (overlay: Overlay, kind: string) => of(overlay).filter((manifest) => manifest.kind === kind);
  beforeAll(() => {
    for (const overlay of overlays) rendered.set(overlay, render(kubectl, overlay));
  });

  it.each(overlays)('%s: images have a tag, and the migration bears the same one', (overlay) => {
    const images = podsOf(of(overlay)).flatMap(({ spec }) =>
      spec.containers.map(({ image }: { image: string }) => image),
    );
    for (const image of images) expect(image).toMatch(/:(?!latest$)[\w.-]+$/);
    const [job] = pick(overlay, 'Job');
    const tags = new Set(
      images.filter((image) => image.startsWith('vaultstream/')).map((image) => image.split(':')[1]),
    );
    expect([...tags]).toHaveLength(1);
    expect(job?.metadata.name).toBe(`migrate${migrationSuffix([...tags][0] ?? '')}`);
  });

  it.each(overlays)('%s: every variable is one that there is, and every secret stands in a file', (overlay) => {
    const [settings] = pick(overlay, 'ConfigMap').filter(({ metadata }) =>
      metadata.name.startsWith('vaultstream-settings'),
    );
    const known = new Set(readFileSync('.env.example', 'utf8').match(/^[A-Z0-9_]+(?==)/gm));
    for (const name of Object.keys(settings?.data ?? {}))
      expect([name, known.has(name.replace(/_FILE$/, ''))]).toEqual([name, true]);
    expect(JSON.stringify(settings)).not.toMatch(/postgresql:|redis:/);
  });

  it.each(overlays)('%s: what runs has probes, limits and an end that is long enough', (overlay) => {
    for (const { metadata, spec } of pick(overlay, 'Deployment')) {
      const pod = spec.template.spec;
      expect([metadata.name, pod.terminationGracePeriodSeconds]).toEqual([metadata.name, 60]);
      const [container] = pod.containers;
      expect(container.startupProbe.httpGet.path).toBe('/readyz');
      expect(container.livenessProbe.httpGet.path).toBe('/livez');
      expect(container.resources.limits.memory).toBe(container.resources.requests.memory);
    }
  });

  it('connections to the database stay within what it allows, at the most Pods that there may be', () => {
    const most = (overlay: Overlay) =>
      [...mostReplicas(of(overlay))].reduce(
        (sum, [name, count]) => sum + count * connectionsOf(queuesOf[name] ?? NaN),
        0,
      );
    const [postgres] = pick('dev', 'StatefulSet').filter(({ metadata }) => metadata.name === 'postgres');
    const allowed = Number(
      /max_connections=(\d+)/.exec(postgres?.spec.template.spec.containers[0].args.join(' '))?.[1],
    );
    // 20 for people, the migration, backups and the autoscaler; 3 are the superuser's.
    expect(most('dev') + 23).toBeLessThanOrEqual(allowed);
    const told = Number(/max_connections` of at least (\d+)/.exec(readFileSync('k8s/README.md', 'utf8'))?.[1]);
    expect(most('production') + 23).toBeLessThanOrEqual(told);
  });

  it('nobody is scaled by two, and every queue is somebody’s', () => {
    const owners = [...pick('production', 'HorizontalPodAutoscaler'), ...pick('production', 'ScaledObject')].map(
      ({ spec }) => spec.scaleTargetRef.name as string,
    );
    expect(new Set(owners).size).toBe(owners.length);
    // Whoever is scaled has no number of its own, which each apply would bring back.
    for (const { metadata, spec } of pick('production', 'Deployment'))
      expect([metadata.name, spec.replicas === undefined]).toEqual([metadata.name, owners.includes(metadata.name)]);
    const asked = pick('production', 'ScaledObject').flatMap(({ spec }) =>
      spec.triggers[0].metadata.query.match(/'(\w+)'/g),
    );
    expect(asked.map((name: string) => name.slice(1, -1)).toSorted()).toEqual(
      queueNames.filter((name) => name !== 'upkeep').toSorted(),
    );
  });

  it('every process may reach the stores, the fetchers the internet without private networks, and nobody else anything', () => {
    const policies = pick('production', 'NetworkPolicy');
    expect(policies.find(({ metadata }) => metadata.name === 'default-deny')?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
    const out = policies.find(({ metadata }) => metadata.name === 'fetchers-to-internet')?.spec;
    expect(out.podSelector.matchExpressions[0].values).not.toContain('scheduler');
    const [ipv4] = out.egress[0].to.map(({ ipBlock }: { ipBlock: { except: string[] } }) => ipBlock.except);
    for (const range of [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '169.254.0.0/16',
      '127.0.0.0/8',
      '100.64.0.0/10',
    ])
      expect(ipv4).toContain(range);
    // Policies add up: none that opens everything may leave the private networks open.
    const wide = [...policies, ...pick('dev', 'NetworkPolicy')].flatMap(({ metadata, spec }) =>
      (spec.egress ?? []).flatMap(({ to = [] }: { to?: { ipBlock?: { cidr: string; except?: string[] } }[] }) =>
        to.flatMap(({ ipBlock }) => (ipBlock?.cidr === '0.0.0.0/0' ? [[metadata.name, ipBlock.except]] : [])),
      ),
    );
    expect(wide.length).toBeGreaterThanOrEqual(3);
    for (const [name, except] of wide) expect([name, except]).toEqual([name, ipv4]);
  });

  it('a Pod whose process has children holds itself and them, and a worker two of them', () => {
    const limits = new Map(
      pick('production', 'Deployment').map(({ metadata, spec }) => [
        metadata.name,
        bytesOf(spec.template.spec.containers[0].resources.limits.memory),
      ]),
    );
    for (const name of ['api', 'parse-worker', 'media-worker'])
      expect([name, (limits.get(name) ?? 0) >= childBytes + ownBytes]).toEqual([name, true]);
    for (const name of ['parse-worker', 'media-worker'])
      expect([name, sizeFor(8, (limits.get(name) ?? 0) / childBytes)]).toEqual([name, 2]);
  });

  it('documents of operators are what their schemas say, and a bad one is refused', () => {
    const documents = of('production').filter(({ kind }) => operators.has(kind));
    expect(new Set(documents.map(({ kind }) => kind))).toEqual(new Set(operators.keys()));
    const check = (manifest: Manifest) => {
      const Kind = operators.get(manifest.kind);
      if (!Kind) throw new Error(`${manifest.kind} is not known`);
      new Kind(manifest as never).validate();
    };
    for (const document of documents) expect(() => check(document)).not.toThrow();
    const [scaled] = pick('production', 'ScaledObject');
    if (!scaled) throw new Error('there is none');
    const { scaleTargetRef: _, ...without } = scaled.spec;
    expect(() => check({ ...scaled, spec: without })).toThrow();
  });

  it('the rules of the operator are those of ops/prometheus', () => {
    expect(readFileSync(rulesFile, 'utf8')).toBe(operatorRules());
  });

  it('the autoscaler’s query runs as a role that may read nothing else, and counts what can be worked on', async () => {
    const database = await testDatabase();
    const db = new Database({ url: database.url });
    const role = `queue_load_${process.pid}`;
    try {
      const run = (sql: string) => db.client.$queryRawUnsafe<Record<string, unknown>[]>(sql);
      const names = Object.entries(tasks).filter(([, { queue }]) => queue === 'parse');
      const state = (name: string, values: string) =>
        `(gen_random_uuid(), '${names[0]?.[0]}', 'parse', '{}', '${name}', ${values})`;
      await run(`INSERT INTO tasks (id, name, queue, payload, state, run_at, lease_until) VALUES
        ${state('ready', 'now(), NULL')}, ${state('ready', `now() + interval '1 hour', NULL`)}, ${state('queued', 'now(), NULL')},
        ${state('running', `now(), now() + interval '10 s'`)}, ${state('running', `now(), now() + interval '10 s'`)}`);
      await run(`CREATE ROLE ${role}`);
      await run(`GRANT SELECT ON queue_load TO ${role}`);
      await run(`GRANT ${role} TO CURRENT_USER`);
      const { query } = (pick('production', 'ScaledObject').find(({ metadata }) => metadata.name === 'parse-worker')
        ?.spec.triggers[0].metadata ?? {}) as { query: string };
      const asked = await db.client.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL ROLE ${role}`);
        return tx.$queryRawUnsafe<{ coalesce: unknown }[]>(query);
      });
      expect(Number(asked[0]?.coalesce)).toBe(4);
      const forbidden = db.client.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL ROLE ${role}`);
        return tx.$queryRawUnsafe('SELECT payload FROM tasks');
      });
      await expect(forbidden).rejects.toThrow(/permission denied/);
      // No work at all is 0, not nothing.
      await run('DELETE FROM tasks');
      expect(Number((await run(query))[0]?.['coalesce'])).toBe(0);
    } finally {
      await db.client.$executeRawUnsafe(`DROP OWNED BY ${role}`).catch(() => undefined);
      await db.client.$executeRawUnsafe(`DROP ROLE IF EXISTS ${role}`);
      await db.close();
      await database.drop();
    }
  });
});

(kubectl === '' || etcd === '' || server === '' ? describe.skip : describe)('a real API server', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-apiserver-'));
  let api: ApiServer;
  beforeAll(async () => {
    api = await ApiServer.start({ etcd, server, kubectl }, dir);
  }, 180_000);
  afterAll(async () => {
    await api?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Namespaces and the admission policy have to be there for real: a dry run of what they hold asks for them. */
  const foundations = (manifests: readonly Manifest[]) =>
    manifests.filter(({ kind }) => kind === 'Namespace' || kind.startsWith('ValidatingAdmission'));

  describe.each(overlays)('takes the overlay %s', (overlay) => {
    let manifests: Manifest[];
    beforeAll(() => {
      manifests = render(kubectl, overlay);
      expect(api.apply(foundations(manifests), { dry: false })).toMatchObject({ code: 0 });
    });

    it('whole', () => {
      const known = manifests.filter(({ kind }) => !operators.has(kind));
      const { code, output } = api.apply(known, { dry: true });
      expect(code === 0 ? '' : output).toBe('');
      expect(output).not.toMatch(/warning/i);
      expect(output.trim().split('\n')).toHaveLength(known.length);
    }, 120_000);

    it('each of its Pods, in a namespace that enforces `restricted`', () => {
      const pods = podsOf(manifests);
      expect(pods.length).toBeGreaterThanOrEqual(6);
      const { code, output } = api.apply(pods, { dry: true });
      expect(code === 0 ? '' : output).toBe('');
    }, 120_000);
  });

  it('refuses a container that runs as root, one without a limit, and a field that there is not', () => {
    const [pod] = podsOf(render(kubectl, 'production'));
    if (!pod) throw new Error('there is none');
    const changed = (change: (spec: Manifest['spec']) => void): string => {
      const copy = structuredClone(pod);
      change(copy.spec);
      const { code, output } = api.apply([copy], { dry: true });
      expect(code).not.toBe(0);
      return output;
    };
    expect(changed((spec) => Object.assign(spec.securityContext, { runAsUser: 0, runAsNonRoot: false }))).toMatch(
      /violates PodSecurity "restricted/,
    );
    expect(changed((spec) => delete spec.containers[0].resources.limits.memory)).toContain('limit of memory');
    expect(changed((spec) => (spec.containers[0].securityContext.readOnlyRootFilesystem = false))).toContain(
      'read-only',
    );
    expect(changed((spec) => delete spec.containers[0].livenessProbe)).toContain('liveness');
    expect(changed((spec) => (spec.containers[0].image = 'vaultstream/api:latest'))).toContain('other than latest');
    expect(changed((spec) => (spec.priorityClas = 'x'))).toMatch(/field not declared in schema|unknown field/);
  }, 120_000);
});
