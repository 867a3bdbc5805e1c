import { html, type Html } from './html.ts';

type Schema = Record<string, unknown>;

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;
const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');
const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : []);

/** A schema in a few words: `integer 1..100`, `Content | null`, `array of string`. */
export function typeHtml(schema: Schema): Html {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  if (choices.length > 0) return html`${choices.map((choice, index) => [index > 0 && ' | ', typeHtml(choice)])}`;
  if (Array.isArray(schema['enum'])) return html`${schema['enum'].map((value) => JSON.stringify(value)).join(' | ')}`;
  if ('const' in schema) return html`${JSON.stringify(schema['const'])}`;
  if (schema['type'] === 'array')
    return html`array of
    ${isSchema(schema['items']) ? typeHtml(schema['items']) : 'anything'}${range(schema, 'minItems', 'maxItems')}`;
  const type = [schema['type'] ?? 'anything'].flat().map(word).join(' | ');
  const bounds = range(schema, 'minimum', 'maximum') || range(schema, 'minLength', 'maxLength', ' characters');
  return html`${type}${schema['format'] !== undefined && ` (${word(schema['format'])})`}${bounds}`;
}

function range(schema: Schema, min: string, max: string, unit = ''): string {
  if (schema[min] === undefined && schema[max] === undefined) return '';
  return `, ${word(schema[min])}..${word(schema[max])}${unit}`;
}

/** The members of an object, nested ones below their owner. */
export function membersHtml(schema: Schema): Html {
  const properties = isSchema(schema['properties']) ? schema['properties'] : null;
  if (!properties) return html`<p>${typeHtml(schema)}</p>`;
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const rows = Object.entries(properties).map(([name, member]) => {
    if (!isSchema(member)) return html``;
    const inner = [member, isSchema(member['items']) ? member['items'] : {}, ...listOf(member['anyOf'])];
    const nested = inner.find((part) => isSchema(part['properties']));
    return html`<li>
      <code>${name}</code> ${typeHtml(member)}${!required.has(name) && html` <i>optional</i>`}${
        'default' in member && html` <i>default ${JSON.stringify(member['default'])}</i>`
      }
      ${member['description']?.toString()}${nested && membersHtml(nested)}
    </li>`;
  });
  return html`<ul>
    ${rows}
  </ul>`;
}
