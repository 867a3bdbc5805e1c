import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  type DataSourceRef,
} from '@grafana/grafana-foundation-sdk/common';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Panel,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Names of Grafana's units: its list of value formats. */
export const units = {
  count: 'short',
  ratio: 'percentunit',
  seconds: 's',
  bytes: 'bytes',
  bytesPerSecond: 'Bps',
  perSecond: 'ops',
  requestsPerSecond: 'reqps',
  cores: 'none',
} as const;

/** The data source that a person has chosen at the top of the dashboard. */
export const datasource: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** An expression, and what its series are called: text in which `{{label}}` stands for a label. */
export type Query = readonly [expression: string, legend: string];

export interface PanelText {
  title: string;
  /** What it shows, and what is good or bad: the tooltip of the panel. */
  description: string;
  unit: string;
}

/** How a panel is shown. Width and height are in units of Grafana's grid of 24 columns. */
export interface PanelLook {
  width?: number;
  height?: number;
  /** Areas on top of each other, for parts of a whole. */
  stacked?: boolean;
  /** Highest value of the axis. */
  max?: number;
}

/** What one builder of the SDK and all others have in common for us. */
export type AnyPanel = Builder<Panel>;

/** Curves over time. */
export function curves(text: PanelText, queries: readonly Query[], look: PanelLook = {}): AnyPanel {
  const { width = 12, height = 8, stacked = false, max } = look;
  const panel = new TimeSeriesBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(datasource)
    .span(width)
    .height(height)
    .min(0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(stacked ? 40 : 8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (max !== undefined) panel.max(max);
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  for (const [expression, legend] of queries)
    panel.withTarget(new DataqueryBuilder().datasource(datasource).expr(expression).legendFormat(legend).range());
  return panel;
}

/** From which value on a number is orange and red; `low` when small values are the bad ones. */
export interface Limits {
  warn: number;
  bad: number;
  low?: boolean;
}

/** One number, the last one. */
export function number(
  text: PanelText,
  expression: string,
  limits?: Limits,
  look: PanelLook & { decimals?: number } = {},
): AnyPanel {
  const panel = new StatBuilder()
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(datasource)
    .span(look.width ?? 4)
    .height(look.height ?? 4)
    .graphMode(BigValueGraphMode.None)
    .colorMode(limits === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(limits)))
    .withTarget(
      new DataqueryBuilder().datasource(datasource).expr(expression).format(PromQueryFormat.TimeSeries).instant(),
    );
  return look.decimals === undefined ? panel : panel.decimals(look.decimals);
}

function steps(limits: Limits | undefined): Threshold[] {
  if (limits === undefined) return [{ value: null, color: 'text' }];
  const { warn, bad, low = false } = limits;
  // The first step holds for everything below the second one.
  return low
    ? [
        { value: null, color: 'red' },
        { value: bad, color: 'orange' },
        { value: warn, color: 'green' },
      ]
    : [
        { value: null, color: 'green' },
        { value: warn, color: 'orange' },
        { value: bad, color: 'red' },
      ];
}
