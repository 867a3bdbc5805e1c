import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, type Metric } from 'prom-client';
import type { Logger } from '../logger.ts';
import { withDeadline } from '../shutdown/with-deadline.ts';
import { metricCatalog, type LabelOf, type MetricName, type MetricNameOf } from './metric-catalog.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** Milliseconds a collector may take before the scrape goes on without it. */
const collectTimeoutMs = 5_000;

/** The metrics of this process. A metric appears in `/metrics` once somebody has asked for it here. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly collectors = new Map<string, () => unknown>();
  private rendering: Promise<string> | undefined;

  constructor(private readonly logger: Logger) {
    collectDefaultMetrics({ register: this.registry });
  }

  counter<N extends MetricNameOf<'counter'>>(name: N): Counter<LabelOf<N>> {
    return this.obtain(name, (options) => new Counter(options)) as Counter<LabelOf<N>>;
  }

  gauge<N extends MetricNameOf<'gauge'>>(name: N): Gauge<LabelOf<N>> {
    return this.obtain(name, (options) => new Gauge(options)) as Gauge<LabelOf<N>>;
  }

  histogram<N extends MetricNameOf<'histogram'>>(name: N): Histogram<LabelOf<N>> {
    return this.obtain(name, (options) => new Histogram(options)) as Histogram<LabelOf<N>>;
  }

  /**
   * Runs `collect` before each scrape, to set gauges that are counted rather than kept.
   * @param name As it appears in the log when it fails; its gauges then keep their last values.
   */
  onCollect(name: string, collect: () => unknown): void {
    this.collectors.set(name, collect);
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
    await Promise.all([...this.collectors].map(([name, collect]) => this.collect(name, collect)));
    return this.registry.metrics();
  }

  private async collect(collector: string, collect: () => unknown): Promise<void> {
    try {
      await withDeadline(async () => collect(), collectTimeoutMs);
    } catch (err) {
      this.logger.warn({ name: 'metrics', collector, err }, 'a collector failed');
    }
  }

  private obtain(name: MetricName, create: (options: MetricOptions) => Metric): Metric {
    const { help, labels, buckets }: MetricDefinition = metricCatalog[name];
    return (
      this.registry.getSingleMetric(name) ??
      create({
        name,
        help,
        labelNames: [...labels],
        registers: [this.registry],
        ...(buckets && { buckets: [...buckets] }),
      })
    );
  }
}

interface MetricOptions {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
  buckets?: number[];
}
