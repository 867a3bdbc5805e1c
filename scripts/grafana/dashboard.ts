import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkType,
  DashboardLinkBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasource, type AnyPanel } from './panels.ts';

/** Of all dashboards of ours: what the links at their tops look for. */
const tag = 'vaultstream';

/** A heading, and the panels below it. */
export type Row = readonly [heading: string, panels: readonly AnyPanel[]];

export interface DashboardText {
  /** Address of the dashboard and name of its file; never changed, because people keep links to it. */
  uid: string;
  title: string;
  description: string;
}

/** A dashboard with what all of ours have: data source, job and instance to choose, links to each other; it is not edited in Grafana. */
export function dashboard({ uid, title, description }: DashboardText, rows: readonly Row[]): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([tag])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('VaultStream')
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(labelVariable('Job', 'label_values(vaultstream_build_info, job)'))
    .withVariable(labelVariable('Instance', 'label_values(vaultstream_build_info{job=~"$job"}, instance)'));
  for (const [heading, panels] of rows) {
    builder.withRow(new RowBuilder(heading));
    for (const panel of panels) builder.withPanel(panel);
  }
  const built = builder.build();
  // Grafana wants ids that are unique within the dashboard; the builder numbers nothing.
  built.panels?.forEach((panel, index) => (panel.id = index + 1));
  return built;
}

const labelVariable = (label: string, query: string) =>
  new QueryVariableBuilder(label.toLowerCase())
    .label(label)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
