import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { faultsOf, queriesOf } from './dashboard-rules.ts';
import { dashboards } from './dashboards.ts';
import { dashboardFiles } from './files.ts';

const folder = join(import.meta.dirname, '../../ops/grafana/dashboards');

describe('dashboards', () => {
  it('are in the repository as their source makes them: else run `npm run dashboards`', async () => {
    const files = await dashboardFiles();
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual([...files.keys()].sort());
    for (const [name, text] of files)
      expect([name, readFileSync(join(folder, name), 'utf8') === text]).toEqual([name, true]);
  });

  it.each(dashboards.map((dashboard) => [dashboard.uid, dashboard] as const))('%s keeps the rules', (_, dashboard) => {
    expect(faultsOf(dashboard)).toEqual([]);
    expect(queriesOf(dashboard).length).toBeGreaterThan(5);
  });

  it('name each series by labels that it has', () => {
    for (const { panel, expression, legend } of dashboards.flatMap(queriesOf))
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g))
        expect([panel, label, new RegExp(`by \\([^)]*\\b${label}\\b`).test(expression)]).toEqual([panel, label, true]);
  });

  it('fit into a ConfigMap that is applied by the server', async () => {
    const bytes = [...(await dashboardFiles()).values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    expect(bytes).toBeLessThan(1_048_576 * 0.9);
  });
});

describe('the rules', () => {
  const [first] = dashboards;
  /** The first dashboard with one thing changed. */
  const broken = (change: (dashboard: Dashboard) => void): string[] => {
    const copy = JSON.parse(JSON.stringify(first)) as Dashboard;
    change(copy);
    return faultsOf(copy);
  };
  const panelOf = (dashboard: Dashboard): Panel => dashboard.panels?.find(({ type }) => type !== 'row') as Panel;
  const ask = (expr: string) => (dashboard: Dashboard) => {
    panelOf(dashboard).targets = [{ expr }] as unknown as Panel['targets'];
  };
  const variable = (name: string, more: object) => (dashboard: Dashboard) => {
    Object.assign(dashboard.templating?.list?.find((one) => one.name === name) ?? {}, more);
  };
  const own = '{job=~"$job", instance=~"$instance"}';

  it.each<[string, (dashboard: Dashboard) => void]>([
    ['uid', (dashboard) => (dashboard.uid = 'Other')],
    ['uneditable-dashboard', (dashboard) => (dashboard.editable = true)],
    ['template-datasource-rule', variable('datasource', { query: 'loki' })],
    ['template-job-rule', variable('job', { multi: false })],
    ['template-instance-rule', variable('instance', { allValue: '.*' })],
    ['template-on-time-change-reload-rule', variable('job', { refresh: 1 })],
    ['panel-title-description-rule', (dashboard) => (panelOf(dashboard).description = '')],
    ['panel-no-targets-rule', (dashboard) => (panelOf(dashboard).targets = [])],
    ['panel-datasource-rule', (dashboard) => (panelOf(dashboard).datasource = { uid: 'mine' })],
    ['panel-units-rule', (dashboard) => delete panelOf(dashboard).fieldConfig?.defaults.unit],
    ['target-rate-interval-rule', ask(`rate(vaultstream_tasks_total${own}[5m])`)],
    ['a fixed range', ask(`increase(vaultstream_tasks_total${own}[1h])`)],
    ['target-counter-agg-rule', ask(`sum(vaultstream_tasks_total${own})`)],
    ['target-counter-agg-rule', ask(`sum(vaultstream_task_wait_seconds_count${own})`)],
    ['target-job-rule', ask('vaultstream_broker_up{instance=~"$instance"}')],
    ['target-instance-rule', ask('vaultstream_broker_up{job=~"$job"}')],
    ['target-job-rule', ask(`vaultstream_blobs${own}`)],
    ['nobody exports vaultstream_no_such_metric', ask(`vaultstream_no_such_metric${own}`)],
    ['nobody exports vaultstream_blobs_bucket', ask('rate(vaultstream_blobs_bucket[$__rate_interval])')],
    ['nobody exports vaultstream_blobs{color}', ask('vaultstream_blobs{color="red"}')],
    ['nobody exports color', ask('sum by (color) (vaultstream_blobs)')],
  ])('%s: a fault is found', (rule, change) => {
    expect(broken(change).join('\n')).toContain(` ${rule}`);
  });
});
