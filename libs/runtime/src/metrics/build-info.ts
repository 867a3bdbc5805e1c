import { readFileSync } from 'node:fs';
import type { Metrics } from './metrics.ts';

/**
 * Tells what runs.
 * @param revision The commit that it was built from, where the environment says so.
 */
export function tellBuild(metrics: Metrics, service: string, revision = 'unknown'): void {
  // The same file from `src` and from `dist`. All packages of the workspace have one version.
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  metrics.gauge('vaultstream_build_info').set({ version, revision, node: process.version, service }, 1);
}
