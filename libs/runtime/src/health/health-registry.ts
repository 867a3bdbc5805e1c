import { isVaultError, type ComponentHealth, type HealthCheck } from '@vaultstream/contracts';
import type { Logger } from '../logger.ts';
import { redactText } from '../redact.ts';
import { withDeadline } from '../shutdown/with-deadline.ts';
import { Cached } from './cached.ts';

/** Milliseconds a check may take before its part counts as down, and an answer is reused. */
const checkTimeoutMs = 2_000;
const cacheMs = 1_000;

/** The body of `/health`. */
export interface HealthReport {
  status: 'ok' | 'degraded';
  /** Tasks that wait; null when nobody can tell. */
  queue_size: number | null;
  components: Partial<Record<HealthCheck['component'], ComponentHealth>>;
}

/** Knows how the parts of this process are. Modules register their checks; the probes ask here. */
export class HealthRegistry {
  private readonly checks = new Map<HealthCheck['component'], Cached<ComponentHealth>>();
  private readonly lives: (() => boolean)[] = [];
  private size: Cached<number | null> | undefined;

  constructor(private readonly logger: Logger) {}

  /**
   * Adds a part. A check that throws or takes longer than 2 s means `down`. Everybody may read the message of an error of our family: it
   * says what is wrong ("the disk is full") and leaves addresses and paths to its cause, which is logged.
   * @throws Error when the part has one.
   */
  register(check: HealthCheck): void {
    if (this.checks.has(check.component)) throw new Error(`There are two health checks for ${check.component}`);
    this.checks.set(check.component, new Cached(() => this.run(check), cacheMs));
  }

  /**
   * Adds a sign of life. False means that only a new process can help: `/livez` then says 503. It must not depend on anything outside.
   */
  registerLiveness(alive: () => boolean): void {
    this.lives.push(alive);
  }

  /** Whether every part of this process says that it lives. */
  get alive(): boolean {
    return this.lives.every((alive) => alive());
  }

  /** Says how `queue_size` is counted. */
  provideQueueSize(count: () => Promise<number>): void {
    this.size = new Cached(() => this.count(count), cacheMs);
  }

  /** Whether requests can be served: the database answers. Nothing else counts, or one outage takes everything down. */
  async ready(): Promise<boolean> {
    const database = await this.checks.get('database')?.get();
    return database === undefined || database.status === 'ok';
  }

  /** All checks, side by side. */
  async report(): Promise<HealthReport> {
    const [queueSize, ...results] = await Promise.all([
      this.size?.get() ?? null,
      ...[...this.checks].map(async ([component, check]) => [component, await check.get()] as const),
    ]);
    const healthy = results.every(([, { status }]) => status === 'ok');
    return {
      status: healthy ? 'ok' : 'degraded',
      queue_size: queueSize,
      components: Object.fromEntries(results),
    };
  }

  private async run(check: HealthCheck): Promise<ComponentHealth> {
    const { component } = check;
    try {
      return await withDeadline(() => check.check(), checkTimeoutMs);
    } catch (err) {
      this.logger.warn({ name: 'health', component, err }, `${component} is down`);
      return { status: 'down', detail: isVaultError(err) ? redactText(err.message) : 'The check failed.' };
    }
  }

  private async count(count: () => Promise<number>): Promise<number | null> {
    try {
      return await withDeadline(count, checkTimeoutMs);
    } catch (err) {
      this.logger.warn({ name: 'health', err }, 'queue size is not known');
      return null;
    }
  }
}
