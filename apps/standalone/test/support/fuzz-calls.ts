import { readFileSync } from 'node:fs';
import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import { junk, likely, type Schema } from './fuzz-values.ts';

interface Answer {
  content?: Record<string, { schema?: Schema }>;
  $ref?: string;
}

/** One call of the document. */
export interface Operation {
  method: string;
  path: string;
  tag: string;
  security: Record<string, string[]>[];
  parameters: { name: string; in: 'path' | 'query' | 'header'; schema: Schema }[];
  body: Schema | undefined;
  responses: Record<string, Answer>;
}

interface Document {
  paths: Record<
    string,
    Record<string, Omit<Operation, 'method' | 'path' | 'tag' | 'body'> & { tags: string[]; requestBody?: Answer }>
  >;
  components: { schemas: Record<string, unknown>; responses: Record<string, Answer> };
}

const document = JSON.parse(
  readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8'),
) as Document;

/** All calls that the committed document names. */
export const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { tags, requestBody, parameters, ...rest }]) => ({
    ...rest,
    method: method.toUpperCase(),
    path,
    tag: tags[0] ?? '',
    parameters: parameters ?? [],
    body: requestBody?.content?.['application/json']?.schema,
  })),
);

/** Who calls: nobody, somebody who may only read, or the owner. */
export type Caller = 'nobody' | 'reader' | 'admin';

/** One generated call. `known` picks an id of something that exists, where there is one. */
export interface Call {
  operation: Operation;
  caller: Caller;
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  body: unknown;
  known: number;
}

const maybe = <T>(value: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 1 });

function callsOf(operation: Operation): Arbitrary<Call> {
  const place = (where: string) => operation.parameters.filter((parameter) => parameter.in === where);
  const record = (where: string, optional: boolean) =>
    fc.record(
      Object.fromEntries(
        place(where).map(({ name, schema }) => {
          const value = fc.oneof({ arbitrary: likely(schema), weight: 4 }, { arbitrary: junk, weight: 1 });
          return [name, optional ? maybe(value) : value];
        }),
      ),
    );
  const key = fc.constantFrom<Record<string, string>>({}, {}, { 'idempotency-key': 'k1' }, { 'idempotency-key': 'k2' });
  return fc.record({
    operation: fc.constant(operation),
    caller: fc.oneof(
      { arbitrary: fc.constant<Caller>('admin'), weight: 8 },
      { arbitrary: fc.constantFrom<Caller>('nobody', 'reader'), weight: 2 },
    ),
    path: record('path', false),
    query: fc.oneof(record('query', true), fc.constant({}), fc.constant({ unknown: '1' })),
    headers: place('header').length > 0 ? key : fc.constant({}),
    body: operation.body ? likely(operation.body) : fc.constant(undefined),
    known: fc.oneof(fc.nat(50), fc.constant(-1)),
  });
}

/** `perOperation` calls of each operation, mixed; the same for the same seed. */
export function generateCalls(perOperation: number, seed: number): Call[] {
  const calls = operations.flatMap((operation, index) =>
    fc.sample(callsOf(operation), { numRuns: perOperation, seed: seed + index }),
  );
  return fc.sample(fc.shuffledSubarray(calls, { minLength: calls.length }), { numRuns: 1, seed })[0] ?? [];
}

/** What the edge refuses before any call is chosen: an endless path, headers or time. */
export const edge = new Set([408, 414, 431]);

const schemas = new Map<string, z.ZodType>();

/** What is wrong with an answer by the document; null when nothing is. */
export function fault(operation: Operation, status: number, type: string, body: unknown): string | null {
  if (status >= 500) return `status ${status}`;
  const answer = operation.responses[edge.has(status) ? 'default' : String(status)];
  if (!answer) return `status ${status} is not declared`;
  const { content = {} } = answer.$ref
    ? (document.components.responses[answer.$ref.split('/').at(-1) ?? ''] ?? {})
    : answer;
  const [expected] = Object.keys(content);
  if (expected === undefined) return body === '' ? null : `status ${status} has a body`;
  if (!type.startsWith(expected.replace('*/*', ''))) return `${type} instead of ${expected}`;
  const schema = content[expected]?.schema;
  if (!schema) return null;
  const name = `${operation.method} ${operation.path} ${status}`;
  const parser = schemas.get(name) ?? toZod(schema);
  schemas.set(name, parser);
  const result = parser.safeParse(body);
  return result.success ? null : `the body does not match: ${z.prettifyError(result.error)}`;
}

function toZod(schema: Schema): z.ZodType {
  const local = JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
    '#/components/schemas/',
    '#/$defs/',
  );
  return z.fromJSONSchema(JSON.parse(local) as Parameters<typeof z.fromJSONSchema>[0]);
}
