import { z } from 'zod';

/** A JSON Schema (draft 2020-12, the dialect of OpenAPI 3.1). */
export type JsonSchema = { [keyword: string]: unknown };

const local = '#/$defs/';

/** The description of what may be any JSON, where nobody says what it means. */
export const anyJson = 'Any JSON value.';

/**
 * Turns zod schemas into JSON Schemas. Those with an id (`.meta({ id })`) are collected under it and referred to, so that a client
 * generator names them as we do.
 */
export class SchemaCollector {
  readonly components: Record<string, JsonSchema> = {};

  /**
   * @param io Whether the caller writes the value (`input`: before defaults and transforms) or reads it (`output`).
   * @throws Error for a schema that JSON Schema cannot say, such as a date.
   */
  collect(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const {
      $schema: _,
      $defs = {},
      ...whole
    } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => tidy(jsonSchema) });
    for (const [name, definition] of Object.entries($defs))
      if (!isAnonymous(name)) this.components[name] = relocate(definition) as JsonSchema;
    return relocate(whole) as JsonSchema;
  }
}

/** Takes out what only repeats: a format's own pattern, the names of a record's members, the bounds of every safe integer. */
function tidy(schema: JsonSchema): void {
  if ('format' in schema) delete schema['pattern'];
  delete schema['propertyNames'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
}

/** Definitions that zod names itself: the recursion of `z.json()`. */
const isAnonymous = (name: string): boolean => name.startsWith('__schema');

function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate);
  if (typeof value !== 'object' || value === null) return value;
  const reference = (value as JsonSchema)['$ref'];
  if (typeof reference === 'string' && reference.startsWith(local)) {
    const name = reference.slice(local.length);
    return isAnonymous(name) ? { description: anyJson } : { $ref: `#/components/schemas/${name}` };
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, relocate(member)]));
}
