import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';

const root = dirname(dirname(import.meta.dirname));
const rulesFolder = join(root, 'ops/prometheus/rules');

/** Where the Prometheus Operator's copy of the rules stands. */
export const rulesFile = join(root, 'k8s/components/monitoring/rules.yaml');

/** The rules of ops/prometheus as the Prometheus Operator takes them: one PrometheusRule a file. */
export function operatorRules(): string {
  const files = existsSync(rulesFolder) ? readdirSync(rulesFolder).filter((name) => /\.ya?ml$/.test(name)) : [];
  const documents = files.toSorted().map((name) => {
    const spec = parse(readFileSync(join(rulesFolder, name), 'utf8')) as object;
    const metadata = { name: `vaultstream-${name.replace(/\.ya?ml$/, '')}` };
    return stringify(
      { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata, spec },
      { lineWidth: 0 },
    );
  });
  return `# Made by \`npm run k8s -- monitoring\` from ops/prometheus/rules: change those.\n${documents.join('---\n')}`;
}

/** Writes them. @returns The file. */
export function writeRules(): string {
  writeFileSync(rulesFile, operatorRules());
  return rulesFile;
}
