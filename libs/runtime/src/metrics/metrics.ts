import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';
import type { Logger } from '../logger.ts';
import { withDeadline } from '../shutdown/with-deadline.ts';
import { renderReadings, type Leadership, type Reading } from './elected-gauges.ts';
import { metricCatalog, type LabelOf, type MetricName, type MetricNameOf } from './metric-catalog.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** Milliseconds a collector may take before the scrape goes on without it. */
const collectTimeoutMs = 5_000;

/** The metrics of this process. A metric appears in `/metrics` once somebody has asked for it here. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly collectors = new Map<string, () => unknown>();
  private readonly electedCollectors = new Map<string, () => Promise<readonly Reading[]>>();
  private leadership: Leadership | undefined;
  private rendering: Promise<string> | undefined;

  constructor(private readonly logger: Logger) {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<N extends MetricNameOf<'counter'>>(name: N): Counter<LabelOf<N>> {
    return this.obtain(name) as Counter<LabelOf<N>>;
  }

  gauge<N extends MetricNameOf<'gauge'>>(name: N): Gauge<LabelOf<N>> {
    return this.obtain(name) as Gauge<LabelOf<N>>;
  }

  histogram<N extends MetricNameOf<'histogram'>>(name: N): Histogram<LabelOf<N>> {
    return this.obtain(name) as Histogram<LabelOf<N>>;
  }

  /**
   * Runs `collect` before each scrape, to set gauges that are counted rather than kept.
   * @param name As it appears in the log when it fails; its gauges then keep their last values.
   */
  onCollect(name: string, collect: () => unknown): void {
    this.collectors.set(name, collect);
    this.zero('vaultstream_collect_failures_total', { collector: [name] });
  }

  /**
   * Reads gauges of the database before each scrape, in the elected process only; all others do not have them.
   * @param name As it appears in the log and in `vaultstream_collect_failures_total` when it fails; its gauges are then missing.
   */
  onCollectElected(name: string, collect: () => Promise<readonly Reading[]>): void {
    this.electedCollectors.set(name, collect);
    this.zero('vaultstream_collect_failures_total', { collector: [name] });
  }

  /** Makes this process one that may be elected to read the gauges of the database. */
  runForElection(leadership: Leadership): void {
    this.leadership = leadership;
  }

  /**
   * Makes series exist before their first event: every combination of the values. Without it, `rate()` misses the first increment and a
   * ratio of a healthy system is "no data".
   */
  zero<N extends MetricNameOf<'counter' | 'histogram'>>(
    name: N,
    values: Readonly<Record<LabelOf<N>, readonly string[]>>,
  ): void {
    let combinations: Record<string, string>[] = [{}];
    for (const [label, choices] of Object.entries<readonly string[]>(values))
      combinations = combinations.flatMap((labels) => choices.map((value) => ({ ...labels, [label]: value })));
    const metric = this.obtain(name);
    for (const labels of combinations)
      if (metric instanceof Histogram) metric.zero(labels);
      else if (metric instanceof Counter) metric.inc(labels, 0);
  }

  /** Media type of `render`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything in the text format of Prometheus. Calls at the same time share one run of the collectors. */
  render(): Promise<string> {
    this.rendering ??= this.renderOnce().finally(() => (this.rendering = undefined));
    return this.rendering;
  }

  private async renderOnce(): Promise<string> {
    const [readings] = await Promise.all([
      this.readElected(),
      ...[...this.collectors].map(([name, collect]) => this.collect(name, collect)),
    ]);
    return [await this.registry.metrics(), await renderReadings(readings)].join('\n');
  }

  /** Empty unless this process is the elected one, before and after it has read. */
  private async readElected(): Promise<Reading[]> {
    const { leadership } = this;
    if (leadership === undefined) return [];
    const leads = this.gauge('vaultstream_leader');
    leads.set({ role: 'metrics' }, 0);
    if (!(await leadership.holds())) return [];
    const readings = await Promise.all(
      [...this.electedCollectors].map(([name, collect]) => this.collect(name, collect)),
    );
    if (!(await leadership.holds())) return [];
    leads.set({ role: 'metrics' }, 1);
    return readings.flatMap((some) => some ?? []);
  }

  /** Undefined when it has failed or taken too long. */
  private async collect<T>(collector: string, collect: () => T): Promise<Awaited<T> | undefined> {
    try {
      return await withDeadline(async () => collect(), collectTimeoutMs);
    } catch (err) {
      this.counter('vaultstream_collect_failures_total').inc({ collector });
      this.logger.warn({ name: 'metrics', collector, err }, 'a collector failed');
      return undefined;
    }
  }

  private obtain(name: MetricName): Metric {
    const { type, help, labels, buckets }: MetricDefinition = metricCatalog[name];
    const options = { name, help, labelNames: [...labels], registers: [this.registry] };
    return (
      this.registry.getSingleMetric(name) ??
      new constructors[type]({ ...options, ...(buckets && { buckets: [...buckets] }) })
    );
  }
}

const constructors = { counter: Counter, gauge: Gauge, histogram: Histogram } as const;
