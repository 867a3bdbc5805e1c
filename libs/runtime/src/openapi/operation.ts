import { RequestMethod } from '@nestjs/common';
import { apiBodyExamples, apiPathExamples } from '@vaultstream/contracts';
import { z } from 'zod';
import type { RoutePolicy } from '../auth/route-policy.ts';
import type { HandlerInfo } from '../http/list-handlers.ts';
import { isIdempotent } from '../idempotency/idempotent.decorator.ts';
import type { AnswerBody, Declaration } from './answers.decorator.ts';
import { handlerInput, type HandlerInput } from './handler-input.ts';
import type { JsonSchema, SchemaCollector } from './json-schema.ts';
import { problemDescriptions } from './problem-descriptions.ts';

/** One operation of the document: https://spec.openapis.org/oas/v3.1.1#operation-object */
export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, readonly string[]>[];
  parameters?: JsonSchema[];
  requestBody?: JsonSchema;
  responses: Record<string, JsonSchema>;
}

/** Everything that is known of one handler at one path. */
export interface Described {
  info: HandlerInfo;
  /** Such as `Contents_get`. */
  id: string;
  /** Such as `/api/v1/contents/{id}`. */
  path: string;
  tag: string;
  policy: RoutePolicy;
  declaration: Declaration;
}

/** The operation of a handler, read off its decorators. */
export function toOperation(described: Described, schemas: SchemaCollector): Operation {
  const { info, tag, policy, declaration } = described;
  const input = handlerInput(info);
  const parameters = [
    ...pathParameters(described, input, schemas),
    ...queryParameters(input, schemas),
    ...keyHeader(info),
  ];
  return {
    operationId: described.id,
    summary: declaration.summary,
    tags: [tag],
    security: policy.kind === 'public' ? [] : [{ apiToken: policy.scopes }, { bearer: policy.scopes }],
    ...(parameters.length > 0 && { parameters }),
    ...(input.body && { requestBody: bodyOf(input.body, apiBodyExamples[described.id], schemas) }),
    responses: responses(described, input, schemas),
  };
}

function pathParameters(
  { id: operation, path }: Described,
  input: HandlerInput,
  schemas: SchemaCollector,
): JsonSchema[] {
  const whole = input.path && propertiesOf(schemas.collect(input.path, 'input'));
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const id = input.ids.get(name);
    const schema = id ? schemas.collect(id, 'input') : (whole?.[name] ?? { type: 'string' });
    const example = apiPathExamples[`${operation}.${name}`] ?? apiPathExamples[name];
    return { name, in: 'path', required: true, schema, ...(example === undefined ? {} : { example }) };
  });
}

function queryParameters({ query }: HandlerInput, schemas: SchemaCollector): JsonSchema[] {
  if (!query) return [];
  const whole = schemas.collect(query, 'input');
  const required = (whole['required'] ?? []) as string[];
  return Object.entries(propertiesOf(whole)).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function keyHeader(info: HandlerInfo): JsonSchema[] {
  if (!isIdempotent(info.handler)) return [];
  const schema = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' };
  const description =
    'The same key with the same request gives the same answer and runs once; with another request, 422.';
  return [{ name: 'Idempotency-Key', in: 'header', required: false, description, schema }];
}

function bodyOf(body: z.ZodType, example: unknown, schemas: SchemaCollector): JsonSchema {
  const required = !body.safeParse(undefined).success;
  const schema = schemas.collect(body, 'input');
  return { required, content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } };
}

function responses({ info, policy, declaration, path }: Described, input: HandlerInput, schemas: SchemaCollector) {
  const answers = Object.entries(declaration.answers).map(
    ([status, body]) =>
      [status, { description: successes[Number(status)] ?? 'Fine.', ...contentOf(body, schemas) }] as const,
  );
  const problems = new Set([
    ...(path.includes('{') ? [400, 404] : []),
    ...(input.query ? [400] : []),
    ...(input.body ? [400, 413, 415] : []),
    ...(policy.kind === 'scopes' ? [401, 403, 429, 503] : []),
    ...(isIdempotent(info.handler) ? [400, 409, 422] : []),
    ...declaration.problems,
  ]);
  const refused = [...problems].map((status) => [String(status), problem(status)] as const);
  return { ...Object.fromEntries([...answers, ...refused]), default: problem(500) };
}

const problem = (status: number): JsonSchema => ({
  $ref: '#/components/responses/Problem',
  description: problemDescriptions[status] ?? 'Something is wrong on our side.',
});

/** What an answer that is no problem means. */
const successes: Readonly<Record<number, string>> = {
  201: 'Created.',
  202: 'Accepted: it will be done.',
  204: 'Done; there is nothing to say.',
  206: 'The range that was asked for.',
  207: 'Each by itself: see the results.',
  304: 'What the client has is still the same.',
  416: 'The range lies outside the bytes.',
  503: 'Not well.',
};

function contentOf(body: AnswerBody, schemas: SchemaCollector): JsonSchema {
  if (body === null) return {};
  if (!(body instanceof z.ZodType)) return { content: { [body.media]: {} } };
  return { content: { 'application/json': { schema: schemas.collect(body, 'output') } } };
}

const propertiesOf = (schema: JsonSchema): Record<string, JsonSchema> =>
  (schema['properties'] ?? {}) as Record<string, JsonSchema>;

/** The method as the document writes it. */
export const methodName = (method: RequestMethod): string => (RequestMethod[method] ?? 'get').toLowerCase();
