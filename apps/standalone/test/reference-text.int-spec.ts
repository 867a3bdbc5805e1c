import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiBodyExamples, apiFields, apiPathExamples } from '@vaultstream/contracts';
import { ApiDocument, describingKey, fieldsOf, type OpenApiDocument } from '@vaultstream/runtime';
import { composeProduct, type ComposedProduct } from './support/composed-product.ts';

let product: ComposedProduct;
let document: OpenApiDocument;
beforeAll(async () => {
  product = await composeProduct();
  document = product.app.get(ApiDocument).build();
});
afterAll(() => product.drop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe('what the API reference says (16)', () => {
  it('describes every field, parameter, answer and group', () => {
    const fields = fieldsOf(document);
    expect(fields.length).toBeGreaterThan(500);
    expect(fields.filter(({ holder }) => !holder['description']).map(({ name }) => name)).toEqual([]);
    expect(document.tags.filter(({ description }) => !description)).toEqual([]);
    for (const { operation } of operations()) {
      expect(operation.summary).not.toBe('');
      for (const answer of Object.values(operation.responses)) expect(answer['description']).toBeTruthy();
    }
  });

  it('describes nothing that is not there, and nothing that its schema describes already', () => {
    const used = new Set(
      fieldsOf(document).flatMap(({ name, holder }) => {
        const key = describingKey(name);
        return key !== undefined && holder['description'] === apiFields[key] ? [key] : [];
      }),
    );
    expect(Object.keys(apiFields).filter((key) => !used.has(key))).toEqual([]);
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(Object.keys(apiBodyExamples).filter((id) => !ids.includes(id))).toEqual([]);
    const parameters = operations().flatMap(({ operation: { operationId, parameters = [] } }) =>
      parameters.flatMap(({ name }) => [String(name), `${operationId}.${String(name)}`]),
    );
    expect(Object.keys(apiPathExamples).filter((key) => !parameters.includes(key))).toEqual([]);
  });

  it('gives an example for every body and every part of a path', () => {
    const bare = operations().flatMap(({ operation: { operationId, requestBody, parameters = [] } }) => [
      ...(requestBody && apiBodyExamples[operationId] === undefined ? [operationId] : []),
      ...parameters.filter((one) => one['in'] === 'path' && one['example'] === undefined).map(() => operationId),
    ]);
    expect(bare).toEqual([]);
  });

  it('gives examples of bodies that the API takes as they stand, but for the ids of what was made before', async () => {
    const admin = await product.token('admin');
    const made = new Map<string, string>();
    /** Makes what others refer to first. Subscribing to a feed asks the internet: its body is only checked. */
    const order = ['Shares_share', 'Targets_create', 'Rules_create', 'BotConfig_create'];
    const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
    const withBody = operations()
      .filter(({ operation: { requestBody, operationId } }) => requestBody && operationId !== 'Feeds_create')
      .sort((a, b) => rank(a.operation.operationId) - rank(b.operation.operationId));
    const outcomes: Record<string, number> = {};
    for (const { path, method, operation } of withBody) {
      const group = operation.tags[0] ?? '';
      const ids = operation.parameters?.map(({ name, example }) => [String(name), String(example)] as const) ?? [];
      const real = (text: string, id: string | undefined) =>
        text.replaceAll(String(apiPathExamples['id']), id ?? String(apiPathExamples['id']));
      const url = ids.reduce((whole, [name, value]) => whole.replace(`{${name}}`, real(value, made.get(group))), path);
      const answer = await product.app.inject({
        method: method.toUpperCase() as 'POST',
        url,
        headers: { 'content-type': 'application/json', 'x-api-token': admin },
        payload: real(JSON.stringify(apiBodyExamples[operation.operationId]), made.get('targets')),
      });
      outcomes[operation.operationId] = answer.statusCode;
      const body = answer.statusCode < 300 ? answer.json<{ id?: string }>() : {};
      if (answer.statusCode === 201 && typeof body.id === 'string') made.set(group, body.id);
    }
    // These are about something that does not come to be without a page, a failure or a push service.
    const absent = ['Deliveries_create', 'Deliveries_resolve', 'Feeds_update', 'DryRun_run', 'Bot_markPushed'];
    const refused = Object.entries(outcomes).filter(([id, status]) =>
      absent.includes(id) ? status !== 404 && status !== 409 : status >= 300,
    );
    expect(refused).toEqual([]);
  });
});
