import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { writeDevSecrets } from './dev-secrets.ts';

const root = dirname(dirname(import.meta.dirname));

/** The parts of a Kubernetes object that checks look at. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a manifest holds is known by its kind alone
  spec?: any;
  data?: Record<string, string>;
}

/** The overlays that people apply. */
export const overlays = ['dev', 'production'] as const;
export type Overlay = (typeof overlays)[number];

/**
 * Renders an overlay in a copy of k8s/ with secrets of its own.
 * @param kubectl Path of the program.
 * @throws Error with what kustomize said.
 */
export function render(kubectl: string, overlay: Overlay): Manifest[] {
  const copy = mkdtempSync(join(tmpdir(), 'vaultstream-k8s-'));
  try {
    for (const folder of ['k8s', 'ops'])
      cpSync(join(root, folder), join(copy, folder), {
        recursive: true,
        filter: (path) => !path.endsWith('secrets.env'),
      });
    writeDevSecrets(join(copy, 'k8s/overlays/dev'));
    const done = spawnSync(kubectl, ['kustomize', join(copy, 'k8s/overlays', overlay)], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`kustomize: ${done.stderr}`);
    return parseAllDocuments(done.stdout).map((document) => document.toJS() as Manifest);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The kinds that hold a template of a Pod. */
const podKinds = new Set(['Deployment', 'StatefulSet', 'Job', 'DaemonSet']);

/** A Pod of each template, so that whatever is asked of Pods can be asked before there is a cluster. */
export function podsOf(manifests: readonly Manifest[]): Manifest[] {
  return manifests
    .filter(({ kind }) => podKinds.has(kind))
    .map(({ metadata, spec }) => {
      const claims = (spec.volumeClaimTemplates ?? []) as Manifest[];
      const volumes = claims.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: name } }));
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: metadata.name,
          ...(metadata.namespace && { namespace: metadata.namespace }),
          labels: spec.template.metadata.labels,
        },
        spec: { ...spec.template.spec, volumes: [...(spec.template.spec.volumes ?? []), ...volumes] },
      };
    });
}

/** The most Pods of each Deployment, by the autoscaler that owns it, else by its own number. */
export function mostReplicas(manifests: readonly Manifest[]): Map<string, number> {
  const scaled = new Map<string, number>();
  for (const { kind, spec } of manifests) {
    if (kind === 'HorizontalPodAutoscaler') scaled.set(spec.scaleTargetRef.name, spec.maxReplicas);
    if (kind === 'ScaledObject') scaled.set(spec.scaleTargetRef.name, spec.maxReplicaCount);
  }
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  return new Map(
    deployments.map(({ metadata, spec }) => [metadata.name, scaled.get(metadata.name) ?? spec.replicas ?? 1]),
  );
}
