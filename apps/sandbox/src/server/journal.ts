import { createHash } from 'node:crypto';
import type { Exchange } from './service.ts';

/** One request that arrived. */
export interface Entry {
  /** Counts from 1, in the order in which the requests were complete. */
  seq: number;
  /** RFC 3339. */
  at: string;
  service: string;
  host: string;
  method: string;
  /** Below the host, without the query. */
  path: string;
  query: string;
  /** SHA-256 of the body, hexadecimal. */
  digest: string;
  /** Of the body. */
  bytes: number;
  /** The error mode that was at work, as it was written. */
  mode: string | null;
  /** True when the service did what was asked, whatever the caller learnt of it. */
  effect: boolean;
  /** The status that was sent; null while it is answered, and for ever when no answer was sent. */
  status: number | null;
}

/** Which entries are meant; `path` is what a path contains. */
export interface EntryFilter {
  service?: string;
  host?: string;
  method?: string;
  path?: string;
}

/** Everything that arrived, in order: "how often, in which order, with which body". Grows until it is reset. */
export class Journal {
  readonly #entries: Entry[] = [];

  begin(service: string, exchange: Exchange, mode: string | null): Entry {
    const entry: Entry = {
      seq: this.#entries.length + 1,
      at: new Date().toISOString(),
      service,
      host: exchange.host,
      method: exchange.method,
      path: exchange.path,
      query: exchange.query.toString(),
      digest: createHash('sha256').update(exchange.body).digest('hex'),
      bytes: exchange.body.length,
      mode,
      effect: false,
      status: null,
    };
    this.#entries.push(entry);
    return entry;
  }

  /** In order of arrival. */
  list(filter: EntryFilter = {}): Entry[] {
    return this.#entries.filter(
      (entry) =>
        (filter.service === undefined || entry.service === filter.service) &&
        (filter.host === undefined || entry.host === filter.host) &&
        (filter.method === undefined || entry.method === filter.method) &&
        (filter.path === undefined || entry.path.includes(filter.path)),
    );
  }

  /** How often each request arrived, in the order of its first arrival. */
  counts(filter: EntryFilter = {}): { request: string; count: number }[] {
    const counts = new Map<string, number>();
    for (const { method, host, path } of this.list(filter)) {
      const request = `${method} ${host}${path}`;
      counts.set(request, (counts.get(request) ?? 0) + 1);
    }
    return [...counts].map(([request, count]) => ({ request, count }));
  }

  reset(): void {
    this.#entries.length = 0;
  }
}
