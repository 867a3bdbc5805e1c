import { setTimeout as sleep } from 'node:timers/promises';

/** One request of a mix. */
export interface LoopRequest {
  method: string;
  path: string;
  body?: unknown;
}

export interface OpenLoopOptions {
  /** Base URL of the load balancer. Loopback only: nobody else's machine is put under load. */
  url: string;
  token: string;
  /** Requests a second. */
  rate: number;
  /** The request with this number, counting from 0. */
  request: (index: number) => LoopRequest;
  /** Milliseconds in which an answer must be there. */
  timeoutMs?: number;
}

/** What became of all requests. */
export interface LoopResult {
  sent: number;
  /** Those that were not answered, or by a status of 400 or more. */
  failed: number;
  /** How often each status came; `0` stands for no answer. */
  statuses: Record<string, number>;
  /** What the first failures said. */
  failures: string[];
  /** Milliseconds from the moment at which a request was due, so that a slow server does not hide behind a sender that waits for it. */
  p50Ms: number;
  p99Ms: number;
}

/**
 * Four of five read, one shares: as an editor's console and a few bots do.
 * @param urlOf The address of an article, counting from 1.
 * @param articles How many there are; they are shared again and again.
 */
export function readersAndSharers(
  urlOf: (article: number) => string,
  articles: number,
): (index: number) => LoopRequest {
  const reads = [
    '/api/v1/contents?limit=20',
    '/api/v1/tags',
    '/api/v1/contents?limit=5&status=PULLED',
    '/api/v1/targets',
  ];
  return (index) =>
    index % 5 === 0
      ? { method: 'POST', path: '/api/v1/shares', body: { url: urlOf(1 + ((index / 5) % articles)) } }
      : { method: 'GET', path: reads[index % reads.length] ?? '' };
}

/** How many failures are told in words. */
const toldFailures = 5;

/**
 * Sends requests at a fixed rate, whether earlier ones have been answered or not (an open loop): what users do, who do not know of each
 * other. Starts at once.
 */
export class OpenLoop {
  private readonly statuses = new Map<number, number>();
  private readonly failures: string[] = [];
  private readonly latencies: number[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly sending: Promise<void>;
  private stopping = false;
  private sent = 0;

  constructor(private readonly options: OpenLoopOptions) {
    const { hostname } = new URL(options.url);
    if (!['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) throw new Error(`${hostname} is not this machine`);
    this.sending = this.send();
  }

  /** Sends no more, waits for the answers that are due. */
  async stop(): Promise<LoopResult> {
    this.stopping = true;
    await this.sending;
    await Promise.all(this.running);
    const sorted = this.latencies.toSorted((a, b) => a - b);
    const at = (share: number) =>
      Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    const failed = [...this.statuses].filter(([status]) => status === 0 || status >= 400);
    return {
      sent: this.sent,
      failed: failed.reduce((sum, [, count]) => sum + count, 0),
      statuses: Object.fromEntries(this.statuses),
      failures: this.failures,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
    };
  }

  private async send(): Promise<void> {
    const start = performance.now();
    while (!this.stopping) {
      const due = Math.floor(((performance.now() - start) * this.options.rate) / 1_000);
      // A sender that was held up makes up for it: the rate holds on average.
      for (; this.sent <= due; this.sent++) {
        const one = this.one(this.sent, start + (this.sent * 1_000) / this.options.rate);
        this.running.add(one);
        void one.finally(() => this.running.delete(one));
      }
      await sleep(Math.max(1, start + (this.sent * 1_000) / this.options.rate - performance.now()));
    }
  }

  private async one(index: number, dueAt: number): Promise<void> {
    const { url, token, request, timeoutMs = 30_000 } = this.options;
    const { method, path, body } = request(index);
    let status = 0;
    let said: string;
    try {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { 'x-api-token': token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      said = await answer.text();
      status = answer.status;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
      said = `${String(error)}${cause}`;
    }
    this.latencies.push(performance.now() - dueAt);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if ((status === 0 || status >= 400) && this.failures.length < toldFailures)
      this.failures.push(`${method} ${path}: ${status} ${said.slice(0, 300)}`);
  }
}
