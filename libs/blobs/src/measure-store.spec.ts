import { expect, it } from '@jest/globals';
import { InfrastructureError, NotFound } from '@vaultstream/contracts';
import { createLogger, Metrics } from '@vaultstream/runtime';
import type { BlobStore } from './blob-store.ts';
import { measureStore } from './measure-store.ts';

it('times each call by what it does and how it ends, and changes nothing about it', async () => {
  const metrics = new Metrics(createLogger('test', { level: 'fatal', format: 'json' }));
  class Store {
    private readonly size = 7;
    head = async () => ({ size: this.size });
    async get(key: string) {
      throw key === 'missing' ? new NotFound('not there') : new InfrastructureError('away');
    }
    async *list() {
      yield { key: 'a' };
    }
  }
  const store = measureStore(new Store() as unknown as BlobStore, metrics, 's3');
  const count = async (operation: string, outcome: string) => {
    const series = `vaultstream_storage_request_duration_seconds_count{backend="s3",operation="${operation}",outcome="${outcome}"} `;
    const line = (await metrics.render()).split('\n').find((one) => one.startsWith(series));
    return Number(line?.slice(series.length));
  };
  // There before the first call, so that a rate sees it.
  expect([await count('put', 'ok'), await count('put', 'error')]).toEqual([0, 0]);
  expect(await store.head('a')).toEqual({ size: 7 });
  await expect(store.get('missing')).rejects.toThrow(NotFound);
  await expect(store.get('other')).rejects.toThrow(InfrastructureError);
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  expect(keys).toEqual(['a']);
  expect([await count('head', 'ok'), await count('get', 'ok'), await count('get', 'error')]).toEqual([1, 1, 1]);
});
