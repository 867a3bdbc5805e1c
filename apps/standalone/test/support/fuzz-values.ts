import fc, { type Arbitrary } from 'fast-check';

/** A JSON Schema, as far as our document uses them. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
}

/** What callers send by mistake or on purpose. */
export const junk: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    0,
    -1,
    1e308,
    2 ** 53,
    true,
    [],
    {},
    [[]],
    'null',
    'NaN',
    '1e9',
    '../../etc/passwd',
  ),
  fc.constantFrom<unknown>(
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\u202e\u200b',
    "'; DROP TABLE contents; --",
    '%00',
    '${7*7}',
    '😀'.repeat(50),
  ),
  fc.constantFrom<unknown>(
    'x'.repeat(5_000),
    { $gt: '' },
    { constructor: 1 },
    Array.from({ length: 200 }, () => 'x'),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Words that mean something here, so that some calls get past the first check. */
const words = fc.constantFrom(
  'https://fuzz.example.com/a',
  'https://fuzz.example.com/b?x=1#y',
  'see https://fuzz.example.com/c there',
  'web',
  'webhook',
  'cats',
  'TG_CHANNEL_-1001',
  'A rule',
);

/** Mostly something that can be shared. */
const url = fc.oneof(
  { arbitrary: fc.nat(200).map((page) => `https://fuzz.example.com/${page}?utm_source=fuzz#top`), weight: 4 },
  {
    arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }).map((any) => new URL(any).pathname),
    weight: 1,
  },
);

/** Values that a schema takes (its refinements, which JSON Schema cannot say, may still refuse them). */
export function valid(schema: Schema): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(valid));
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => valid({ ...schema, type })));
  switch (schema.type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000, max: Math.min(schema.maximum ?? 1_000, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'object':
      return members(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text({ format, minLength = 0, maxLength = 60 }: Schema): Arbitrary<unknown> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  const free = fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)), unit: 'grapheme' });
  return fc.oneof({ arbitrary: words, weight: 3 }, { arbitrary: free, weight: 1 });
}

function members({ properties, required = [], additionalProperties }: Schema): Arbitrary<unknown> {
  if (!properties) {
    const value =
      typeof additionalProperties === 'object' ? valid(additionalProperties) : fc.jsonValue({ maxDepth: 1 });
    const address = fc.constant({ url: 'https://fuzz.example.com/hook' });
    return fc.oneof(address, fc.dictionary(fc.string({ maxLength: 10 }), value, { maxKeys: 3 }));
  }
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, name === 'url' ? url : valid(member)]),
  );
  return fc.record(model, { requiredKeys: required });
}

/** Mostly what a schema takes; sometimes with one member spoilt, sometimes nothing of the kind. */
export function likely(schema: Schema): Arbitrary<unknown> {
  const good = valid(schema);
  const spoilt = fc.tuple(good, junk, fc.nat()).map(([value, bad, at]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad;
    const names = [...Object.keys(schema.properties ?? {}), 'isAdmin'];
    return { ...value, [names[at % names.length] ?? 'x']: bad };
  });
  return fc.oneof({ arbitrary: good, weight: 5 }, { arbitrary: spoilt, weight: 4 }, { arbitrary: junk, weight: 1 });
}
