import { apiFields } from '@vaultstream/contracts';
import { anyJson, type JsonSchema } from './json-schema.ts';
import type { Operation } from './operation.ts';

interface Described {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** A field of the document with its name in full, such as `Content.author.name` or `Shares_share.body.url`. */
export interface Field {
  name: string;
  /** Where its description stands: the schema of a member, or a parameter. */
  holder: JsonSchema;
}

/** Writes a description to every field that has none yet and that `apiFields` knows. */
export function describeFields(document: Described): void {
  for (const { name, holder } of fieldsOf(document)) {
    const key = describingKey(name);
    const isSaid = holder['description'] !== undefined && holder['description'] !== anyJson;
    if (!isSaid && key !== undefined) holder['description'] = apiFields[key];
  }
}

/** The key of `apiFields` that describes a field: the longest end of its name that is there. */
export function describingKey(name: string): string | undefined {
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(index).join('.')).find((end) => Object.hasOwn(apiFields, end));
}

/** Every member of every schema, and every parameter. */
export function fieldsOf({ paths, components }: Described): Field[] {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  return [
    ...Object.entries(components.schemas).flatMap(([name, schema]) => membersOf(name, schema)),
    ...operations.flatMap((operation) => [
      ...(operation.parameters ?? []).map((holder) => ({ name: parameterName(operation, holder), holder })),
      ...bodies(operation.requestBody).flatMap((schema) => membersOf(`${operation.operationId}.body`, schema)),
      ...Object.entries(operation.responses).flatMap(([status, response]) =>
        bodies(response).flatMap((schema) => membersOf(`${operation.operationId}.${status}`, schema)),
      ),
    ]),
  ];
}

const parameterName = ({ operationId }: Operation, { name, in: place }: JsonSchema): string =>
  [operationId, place, name].join('.');

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null;

function bodies(part: JsonSchema | undefined): JsonSchema[] {
  const content = (part?.['content'] ?? {}) as Record<string, { schema?: JsonSchema }>;
  return Object.values(content).flatMap(({ schema }) => (schema ? [schema] : []));
}

function membersOf(name: string, schema: JsonSchema): Field[] {
  const members = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  const inner = [schema['items'], schema['additionalProperties'], schema['anyOf'], schema['oneOf'], schema['allOf']];
  return [
    ...members.flatMap(([member, holder]) =>
      isSchema(holder) ? [{ name: `${name}.${member}`, holder }, ...membersOf(`${name}.${member}`, holder)] : [],
    ),
    ...inner
      .flat()
      .filter(isSchema)
      .flatMap((part) => membersOf(name, part)),
  ];
}
