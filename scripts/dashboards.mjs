/**
 * `npm run dashboards`: writes ops/grafana/dashboards/*.json from scripts/grafana. A spec fails when the files and the source differ.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { continueUnderPinnedNode, ensureInstalled, readFlags, root } from './lib/workspace.mjs';

readFlags('npm run dashboards: writes the dashboards in ops/grafana/dashboards from their source in scripts/grafana.');
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
const { dashboardFiles } = await import('./grafana/files.ts');
const folder = join(root, 'ops/grafana/dashboards');
mkdirSync(folder, { recursive: true });
for (const [name, text] of await dashboardFiles()) writeFileSync(join(folder, name), text);
