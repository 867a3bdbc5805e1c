import { Gauge, Registry } from 'prom-client';
import type { LabelOf } from './metric-catalog.ts';
import { databaseMetrics, type DatabaseMetricName } from './database-metrics.ts';

/** One value of a gauge that is read from the database. */
export interface ReadingOf<N extends DatabaseMetricName> {
  name: N;
  /** Left out where the gauge has none. */
  labels?: Record<LabelOf<N>, string>;
  value: number;
}
export type Reading = { [N in DatabaseMetricName]: ReadingOf<N> }[DatabaseMetricName];

/** Whether this process is the elected one. */
export interface Leadership {
  /** Asks rather than remembers: true only if nobody else can be the elected one at this moment. Never rejects. */
  holds(): Promise<boolean>;
}

/**
 * Readings in the text format of Prometheus. Nothing is kept from one scrape to the next, so that a value that is read no longer (another
 * process was elected, a target is gone) is not told any more.
 */
export async function renderReadings(readings: readonly Reading[]): Promise<string> {
  const registry = new Registry();
  const gauges = new Map<DatabaseMetricName, Gauge>();
  for (const { name, labels = {}, value } of readings) {
    const gauge = gauges.get(name) ?? createGauge(name, registry);
    gauges.set(name, gauge);
    gauge.set(labels, value);
  }
  return registry.metrics();
}

function createGauge(name: DatabaseMetricName, registry: Registry): Gauge {
  const { help, labels } = databaseMetrics[name];
  return new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
}
