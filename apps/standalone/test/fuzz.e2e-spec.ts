import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withServer } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { edge, fault, generateCalls, operations, type Call } from './support/fuzz-calls.ts';
import { Product } from './support/product.ts';

const seed = 20_261_122;
const minCalls = 3_000;
const atOnce = 4;

/** The whole API under generated calls, valid and invalid, by the committed document. */
describe('fuzz', () => {
  const dataDir = newDataDir();
  let product: Product;
  let site: Awaited<ReturnType<typeof withServer>>;
  let reader: string;

  beforeAll(async () => {
    site = await withServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<title>Fuzz</title><p>Text</p>'),
    );
    const overrides = ['fuzz.example.com', 'api.bilibili.com', 'b23.tv'].map((host) => `${host}=${site.url}`).join(',');
    product = await Product.start({
      dataDir,
      env: { API_RATE_LIMIT: '0', FETCH_HOST_OVERRIDES: overrides, LOG_LEVEL: 'error' },
    });
    reader = (await product.call('POST', '/api/v1/tokens', { name: 'reader', scopes: ['read'] })).body.token;
  }, 120_000);
  afterAll(async () => {
    await product.stop();
    await site.close();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  /** Ids of what the calls have made, by tag: so that later calls meet something. */
  const known = new Map<string, string[]>();
  const remember = (tag: string, id: unknown) => known.set(tag, [...(known.get(tag) ?? []), String(id)]);

  async function make({ operation, caller, path, query, headers, body, known: pick }: Call): Promise<string | null> {
    const ids = known.get(operation.tag) ?? [];
    const id = pick < 0 ? undefined : ids[pick % Math.max(ids.length, 1)];
    const filled = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encode(name === 'id' && id ? id : path[name]),
    );
    const token = caller === 'admin' ? Product.token : caller === 'reader' ? reader : '';
    const response = await fetch(`${product.url}${filled}${toQuery(query)}`, {
      method: operation.method,
      redirect: 'manual',
      headers: {
        'x-api-token': token,
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) {
      await response.body?.cancel();
      return caller === 'nobody' ? 'a stream for nobody' : null;
    }
    const raw = await response.text();
    const answer: unknown = type.includes('json') ? JSON.parse(raw) : raw;
    // A path parameter that is empty or has a slash in it leads to another route.
    const here = !/\/\/|\/$/.test(filled) && !/%2F/i.test(filled);
    if (!here) return response.status >= 500 ? `status ${response.status}` : null;
    if (edge.has(response.status)) return fault(operation, response.status, type, answer);
    const scopes = operation.security.flatMap((scheme) => Object.values(scheme).flat());
    // A body that is no JSON of ours (such as one with `__proto__`) is refused before anybody is asked who he is.
    const unread = JSON.stringify(answer).includes('body: must be valid JSON');
    if (unread) return fault(operation, response.status, type, answer);
    if (scopes.length > 0 && caller === 'nobody' && response.status !== 401) return `nobody got ${response.status}`;
    if (scopes.length > 0 && !scopes.includes('read') && caller === 'reader' && response.status !== 403)
      return `a reader got ${response.status}`;
    if (response.status === 201 || response.status === 200) learn(operation.tag, answer, response.status);
    return fault(operation, response.status, type, answer);
  }

  function learn(tag: string, answer: unknown, status: number): void {
    if (typeof answer !== 'object' || answer === null) return;
    if ('content_id' in answer) remember('contents', answer.content_id);
    if ('id' in answer && status === 201) remember(tag, answer.id);
  }

  it('A3, A10, A11, A12, A20, A21: 3,000 generated calls: no 5xx, nobody gets in, each answer is as the document says', async () => {
    const calls = generateCalls(Math.ceil(minCalls / operations.length), seed);
    expect(calls.length).toBeGreaterThanOrEqual(minCalls);
    const faults: unknown[] = [];
    let next = 0;
    const worker = async () => {
      for (let call = calls[next++]; call; call = calls[next++]) {
        const found = await make(call).catch((error: unknown) => `the call failed: ${String(error)}`);
        const { operation, ...rest } = call;
        if (found !== null)
          faults.push([`${operation.method} ${operation.path}`, found, JSON.stringify(rest).slice(0, 300)]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    expect(faults.slice(0, 20)).toEqual([]);
    expect(known.get('contents')?.length).toBeGreaterThan(5);
    expect(product.logs.filter((line) => line['status'] === 500)).toEqual([]);
    expect((await product.call('GET', '/livez')).status).toBe(200);
  }, 180_000);
});

/** Encodes as a client would; half a surrogate pair cannot be. */
function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return encodeURIComponent(text.toWellFormed());
}

function toQuery(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => `${encode(name)}=${encode(one)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
