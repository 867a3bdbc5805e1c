import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { withDeadline } from './with-deadline.ts';

/**
 * The order in which a process ends. What a later phase closes, an earlier one may still use.
 *  intake    nothing new: `/readyz` says 503, schedules and bots stop, the load balancer gets time to notice (drain)
 *  http      no new connections; running requests end
 *  relay     the relay hands out no more tasks
 *  workers   running tasks end, or give their lease back
 *  store     database pools, object store, outgoing HTTP
 *  children  processes that we started, the embedded Postgres among them
 */
export const shutdownPhases = ['intake', 'http', 'relay', 'workers', 'store', 'children'] as const;
export type ShutdownPhase = (typeof shutdownPhases)[number];

/** Milliseconds a step may take unless it is registered with its own deadline. */
const defaultDeadlineMs = 10_000;

interface Step {
  phase: ShutdownPhase;
  name: string;
  stop: () => unknown;
  deadlineMs: number;
}

/** Ends a process in order. One a process; provided by RuntimeModule. */
export class Shutdown {
  readonly #logger: Logger;
  readonly #steps: Step[] = [];
  #stopping = false;
  #running: Promise<boolean> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** True from the first moment of the shutdown. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /**
   * Adds a step. The steps of one phase run side by side; the next phase waits for all of them, but for none longer than its
   * deadline.
   * @param name As it appears in the log.
   * @param stop May be called once; what it throws is logged and stops nothing.
   */
  register(phase: ShutdownPhase, name: string, stop: () => unknown, deadlineMs = defaultDeadlineMs): void {
    this.#steps.push({ phase, name, stop, deadlineMs });
  }

  /**
   * Runs all phases; further calls get the same promise.
   * @param drainMs How long the intake phase lasts at least, so that load balancers see `/readyz` before connections close.
   * @returns Whether every step ended in time and without an error.
   */
  run(reason: string, drainMs = 0): Promise<boolean> {
    this.#stopping = true;
    // A turn later, so that a step which asks for the shutdown again gets this promise and not a second run.
    this.#running ??= Promise.resolve().then(() => this.#runPhases(reason, drainMs));
    return this.#running;
  }

  async #runPhases(reason: string, drainMs: number): Promise<boolean> {
    this.#logger.info({ name: 'shutdown', reason, drain_ms: drainMs }, 'shutting down');
    let clean = true;
    for (const phase of shutdownPhases) {
      const startedAt = performance.now();
      const waits = phase === 'intake' && drainMs > 0 ? [sleep(drainMs)] : [];
      const results = await Promise.all(this.#stepsOf(phase).map((step) => this.#runStep(step)));
      await Promise.all(waits);
      const failed = results.filter((ok) => !ok).length;
      clean &&= failed === 0;
      const duration_ms = Math.round(performance.now() - startedAt);
      this.#logger.info({ name: 'shutdown.phase', phase, failed, duration_ms }, `shutdown: ${phase}`);
    }
    return clean;
  }

  #stepsOf(phase: ShutdownPhase): Step[] {
    return this.#steps.filter((step) => step.phase === phase);
  }

  async #runStep({ phase, name, stop, deadlineMs }: Step): Promise<boolean> {
    try {
      await withDeadline(async () => stop(), deadlineMs);
      return true;
    } catch (err) {
      this.#logger.error({ name: 'shutdown.step', phase, step: name, err }, `shutdown: ${name} did not end well`);
      return false;
    }
  }
}
