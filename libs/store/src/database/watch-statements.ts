import type { Logger, Metrics } from '@vaultstream/runtime';
import { redactText } from '@vaultstream/runtime';
import type pg from 'pg';

/** Milliseconds from which on a statement is slow. */
const slowMs = 1_000;
/** Lines about slow statements in `lineWindowMs` milliseconds: when all of them are slow, some say it. */
const linesAtMost = 10;
const lineWindowMs = 10_000;
/** Characters of a statement that are told. */
const textLength = 1_000;

const operations = ['select', 'insert', 'update', 'delete', 'with', 'commit', 'other'] as const;
type Operation = (typeof operations)[number];

/** A statement that Postgres has answered. */
export interface AnsweredStatement {
  /** With `$1` in place of its values. */
  text: string;
  /** Milliseconds from when it was sent. */
  durationMs: number;
  failed: boolean;
}

/** Tells of each statement of a connection, whoever sends it: our own code, Prisma's models, the pool. */
export function watchStatements(connection: pg.PoolClient, answered: (statement: AnsweredStatement) => void): void {
  const send = connection.query.bind(connection) as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]): unknown => {
    const sentAt = performance.now();
    const done = (failed: boolean) =>
      answered({ text: textOf(args[0]), durationMs: performance.now() - sentAt, failed });
    const last = args.at(-1);
    if (typeof last === 'function')
      return send(...args.slice(0, -1), (error: unknown, result: unknown) => {
        done(Boolean(error));
        (last as (error: unknown, result: unknown) => void)(error, result);
      });
    const answer = send(...args);
    if (answer instanceof Promise)
      answer.then(
        () => done(false),
        () => done(true),
      );
    return answer;
  };
  connection.query = watched as typeof connection.query;
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
}

/** Times statements by their first word, and logs those that take longer than a second: their text, never their values. */
export class StatementTimes {
  private readonly durations: ReturnType<Metrics['histogram']>;
  private windowEndsAt = Number.NEGATIVE_INFINITY;
  private lines = 0;

  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Logger,
    private readonly thresholdMs = slowMs,
  ) {
    metrics.zero('vaultstream_db_query_duration_seconds', { operation: operations });
    metrics.counter('vaultstream_db_slow_queries_total');
    this.durations = metrics.histogram('vaultstream_db_query_duration_seconds');
  }

  readonly record = ({ text, durationMs, failed }: AnsweredStatement): void => {
    const operation = operationOf(text);
    this.durations.observe({ operation }, durationMs / 1_000);
    if (durationMs < this.thresholdMs) return;
    this.metrics.counter('vaultstream_db_slow_queries_total').inc();
    if (!this.mayTell()) return;
    const line = {
      name: 'db.slow',
      duration_ms: Math.round(durationMs),
      operation,
      failed,
      statement: withoutValues(text),
    };
    this.logger.warn(line, 'a statement was slow');
  };

  private mayTell(): boolean {
    const now = performance.now();
    if (now > this.windowEndsAt) {
      this.windowEndsAt = now + lineWindowMs;
      this.lines = 0;
    }
    return this.lines++ < linesAtMost;
  }
}

function operationOf(text: string): Operation {
  const word = /^\s*([a-z]+)/i.exec(text)?.[1]?.toLowerCase();
  return operations.find((operation) => operation === word) ?? 'other';
}

/** A statement with `?` in place of what stands in it as text or number. Parameters are none of it: they stay `$1`. */
export function withoutValues(text: string): string {
  const masked = text
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, '?')
    .replace(/\be'(?:[^'\\]|''|\\[\s\S])*'/gi, '?')
    .replace(/(?:\b(?:n|b|x|u&))?'(?:[^']|'')*'/gi, '?')
    .replace(/(?<![\w$.])\d+(?:\.\d+)?\b/g, '?')
    .replace(/\s+/g, ' ')
    .trim();
  return redactText(masked).slice(0, textLength);
}
