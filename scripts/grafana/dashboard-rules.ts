import {
  VariableRefresh,
  VariableType,
  type Dashboard,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { databaseMetrics } from '../../libs/runtime/src/metrics/database-metrics.ts';
import { unknownIn } from '../prometheus/known-metrics.ts';
import { selectorsOf } from '../prometheus/selectors.ts';
import { units } from './panels.ts';

/** One expression of a dashboard, and where it stands. */
export interface PanelQuery {
  dashboard: string;
  panel: string;
  expression: string;
  legend: string;
}

const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== 'row';
const panelsOf = (dashboard: Dashboard): Panel[] => (dashboard.panels ?? []).filter(isPanel);

/** All expressions of a dashboard. */
export function queriesOf(dashboard: Dashboard): PanelQuery[] {
  return panelsOf(dashboard).flatMap(({ title = '', targets = [] }) =>
    (targets as { expr?: string; legendFormat?: string }[]).map(({ expr = '', legendFormat = '' }) => ({
      dashboard: dashboard.uid ?? '',
      panel: title,
      expression: expr,
      legend: legendFormat,
    })),
  );
}

/** Gauges that one elected process has for all: choosing a job or an instance would hide them. */
const elected: ReadonlySet<string> = new Set(Object.keys(databaseMetrics));
/** The process that reads them, and alerts, which are Prometheus's own. */
const forAll: ReadonlySet<string> = new Set([...elected, 'vaultstream_leader', 'ALERTS']);

/**
 * What is wrong with a dashboard, by the rules of grafana/dashboard-linter (named as there) and some of our own. Its target-job and target-instance
 * rules do not hold for what one process exports for all.
 */
export function faultsOf(dashboard: Dashboard): string[] {
  const faults: string[] = [];
  const check = (good: boolean | undefined, rule: string, what = '') => {
    if (good !== true) faults.push(`${dashboard.uid ?? '?'} ${rule}${what && `: ${what}`}`);
  };
  const variables = new Map((dashboard.templating?.list ?? []).map((variable) => [variable.name, variable]));
  check(/^vaultstream-[a-z]+$/.test(dashboard.uid ?? ''), 'uid');
  check(dashboard.title?.startsWith('VaultStream / '), 'title');
  check(dashboard.editable === false, 'uneditable-dashboard');
  const source = variables.get('datasource');
  check(
    source?.type === VariableType.Datasource && source.query === 'prometheus' && source.label === 'Data source',
    'template-datasource-rule',
  );
  for (const name of ['job', 'instance'] as const)
    check(isLabelVariable(variables.get(name), name), `template-${name}-rule`);
  for (const variable of variables.values())
    if (variable.type === VariableType.Query)
      check(
        variable.refresh === VariableRefresh.OnTimeRangeChanged,
        'template-on-time-change-reload-rule',
        variable.name,
      );

  const ids = (dashboard.panels ?? []).map(({ id }) => id);
  check(new Set(ids).size === ids.length && ids.every((id) => (id ?? 0) > 0), 'panel ids');
  const titles = panelsOf(dashboard).map(({ title }) => title);
  check(new Set(titles).size >= titles.length - 2, 'panel titles are told apart');
  for (const panel of panelsOf(dashboard)) {
    const where = panel.title ?? '?';
    check(Boolean(panel.title) && Boolean(panel.description), 'panel-title-description-rule', where);
    check((panel.targets ?? []).length > 0, 'panel-no-targets-rule', where);
    check(panel.datasource?.uid === '${datasource}', 'panel-datasource-rule', where);
    const unit = panel.fieldConfig?.defaults.unit ?? '';
    check((Object.values(units) as string[]).includes(unit), 'panel-units-rule', `${where} ${unit}`);
  }
  for (const { panel, expression } of queriesOf(dashboard))
    faults.push(
      ...faultsOfExpression(expression).map((fault) => `${dashboard.uid ?? '?'} ${fault}: ${panel}: ${expression}`),
    );
  return faults;
}

function isLabelVariable(variable: VariableModel | undefined, label: string): boolean {
  return (
    variable?.type === VariableType.Query &&
    variable.label?.toLowerCase() === label &&
    variable.datasource?.uid === '${datasource}' &&
    variable.multi === true &&
    variable.allValue === '.+' &&
    typeof variable.query === 'string' &&
    variable.query.endsWith(`, ${label})`)
  );
}

function faultsOfExpression(expression: string): string[] {
  const faults: string[] = [];
  const unknown = unknownIn(expression);
  if (unknown.length > 0) faults.push(`nobody exports ${unknown.join(', ')}`);
  for (const { metric, matchers, range, call } of selectorsOf(expression)) {
    if (range !== undefined && ['rate', 'irate'].includes(call ?? '') && range !== '$__rate_interval')
      faults.push('target-rate-interval-rule');
    if (range !== undefined && !range.startsWith('$__')) faults.push('a fixed range');
    if (/_(total|bucket|sum|count)$/.test(metric) && !['rate', 'irate', 'increase'].includes(call ?? ''))
      faults.push('target-counter-agg-rule');
    if (forAll.has(metric) === matchers.includes('$job')) faults.push('target-job-rule');
    if (forAll.has(metric) === matchers.includes('$instance')) faults.push('target-instance-rule');
  }
  return faults;
}
