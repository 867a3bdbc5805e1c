import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const ops = join(import.meta.dirname, '../../ops');
const read = (path: string): unknown => parse(readFileSync(join(ops, path), 'utf8'));
/** How many seconds `15s` or `1m` are. */
const seconds = (text: string) => Number.parseInt(text, 10) * (text.endsWith('m') ? 60 : 1);

describe('what Grafana is provided with', () => {
  it('reads from one Prometheus by default, at the interval at which that one scrapes', () => {
    const { datasources } = read('grafana/provisioning/datasources/vaultstream.yml') as {
      datasources: { type: string; isDefault?: boolean; jsonData?: { timeInterval?: string } }[];
    };
    const { global } = read('prometheus/prometheus.yml') as { global: { scrape_interval: string } };
    const [first, ...others] = datasources.filter(({ isDefault }) => isDefault);
    expect(others).toEqual([]);
    expect(first?.type).toBe('prometheus');
    expect(seconds(first?.jsonData?.timeInterval ?? '')).toBe(seconds(global.scrape_interval));
  });

  it('takes the dashboards from files, which nobody changes in Grafana', () => {
    expect(read('grafana/provisioning/dashboards/vaultstream.yml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', allowUiUpdates: false, options: { path: '/etc/grafana/dashboards' } }],
    });
  });

  it('is all in the ConfigMaps, the rules of Prometheus too', () => {
    const { configMapGenerator } = read('grafana/kustomization.yaml') as {
      configMapGenerator: { name: string; files: string[] }[];
    };
    const dashboards = readdirSync(join(ops, 'grafana/dashboards')).filter((name) => name.endsWith('.json'));
    expect(configMapGenerator[0]?.files).toEqual(dashboards.map((name) => `dashboards/${name}`));
    const { configMapGenerator: rules } = read('prometheus/kustomization.yaml') as {
      configMapGenerator: { files: string[] }[];
    };
    expect(rules[0]?.files).toEqual(readdirSync(join(ops, 'prometheus/rules')).map((name) => `rules/${name}`));
    const provisioning = ['datasources', 'dashboards'].map((kind) => `provisioning/${kind}/vaultstream.yml`);
    expect(configMapGenerator[1]?.files.map((file) => file.split('=')[1])).toEqual(provisioning);
  });
});
