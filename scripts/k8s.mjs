/**
 * `npm run k8s -- <command>`: what the manifests of k8s/ need before they are applied. It talks to no cluster.
 *
 *   secrets         makes k8s/overlays/dev/secrets.env, once
 *   release <tag>   writes the tag of the images into k8s/overlays/production, and the name of its migration
 *   monitoring      writes k8s/components/monitoring/rules.yaml from ops/prometheus/rules
 */
import { continueUnderPinnedNode, ensureInstalled, helpIfAsked } from './lib/workspace.mjs';

helpIfAsked(`npm run k8s -- secrets:          makes k8s/overlays/dev/secrets.env, once
npm run k8s -- release <tag>:    writes the tag of the images into k8s/overlays/production, and the name of its migration
npm run k8s -- monitoring:       writes k8s/components/monitoring/rules.yaml from ops/prometheus/rules`);
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
// Only now: before the first install there is nothing to load.
await import('./source.mjs');
const { runK8s } = await import('./k8s/commands.ts');
process.exitCode = runK8s(process.argv.slice(2), {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
