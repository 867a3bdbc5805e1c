import type { Metrics } from '@vaultstream/runtime';
import type { BlobStore } from './blob-store.ts';

const operations = ['put', 'head', 'get', 'delete', 'check'] as const satisfies (keyof BlobStore)[];
type Operation = (typeof operations)[number];

const isOperation = (name: string | symbol): name is Operation => operations.some((operation) => operation === name);

/**
 * The same store, whose calls are timed. Of `get`, that is until the first bytes can be read; a NotFound is an answer like any other.
 * @param backend `local` or `s3`.
 */
export function measureStore(store: BlobStore, metrics: Metrics, backend: 'local' | 's3'): BlobStore {
  const name = 'vaultstream_storage_request_duration_seconds';
  metrics.zero(name, { backend: [backend], operation: operations, outcome: ['ok', 'error'] });
  const timed = async (operation: Operation, call: () => Promise<unknown>): Promise<unknown> => {
    const startedAt = performance.now();
    let outcome = 'error';
    try {
      const answer = await call();
      outcome = 'ok';
      return answer;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFound') outcome = 'ok';
      throw error;
    } finally {
      metrics.histogram(name).observe({ backend, operation, outcome }, (performance.now() - startedAt) / 1_000);
    }
  };
  return new Proxy(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      const call = member.bind(target) as (...args: unknown[]) => Promise<unknown>;
      return isOperation(property) ? (...args: unknown[]) => timed(property, () => call(...args)) : call;
    },
  });
}
