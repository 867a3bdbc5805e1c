import { Busboy } from '@fastify/busboy';
import { finished } from 'node:stream/promises';
import type { Exchange } from '../server/service.ts';
import { badRequest, Refusal } from './refusal.ts';

/** An uploaded file. */
export interface Upload {
  bytes: Buffer;
  fileName: string;
}

/** The parameters of one call, whatever way they came: query, form, JSON or multipart. */
export interface Form {
  /** Objects and lists as JSON. */
  fields: ReadonlyMap<string, string>;
  files: ReadonlyMap<string, Upload>;
}

/** Bytes of a request: Telegram's servers refuse more than 50 MB. */
const maxBytes = 50 * 1_048_576 + 65_536;

/** Reads the parameters. @throws Refusal 400, 413 */
export async function readForm({ headers, query, body }: Exchange): Promise<Form> {
  if (body.length > maxBytes) throw new Refusal(413, 'Request Entity Too Large');
  const fields = new Map(query);
  const files = new Map<string, Upload>();
  const type = headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) await readMultipart(type, body, fields, files);
  else if (type.startsWith('application/json')) readJson(body, fields);
  else if (type.startsWith('application/x-www-form-urlencoded'))
    for (const [name, value] of new URLSearchParams(body.toString())) fields.set(name, value);
  return { fields, files };
}

function readJson(body: Buffer, fields: Map<string, string>): void {
  let values: unknown;
  try {
    values = JSON.parse(body.toString());
  } catch {
    throw badRequest("can't parse JSON object");
  }
  for (const [name, value] of Object.entries(values ?? {}))
    if (value !== null) fields.set(name, typeof value === 'string' ? value : JSON.stringify(value));
}

async function readMultipart(
  type: string,
  body: Buffer,
  fields: Map<string, string>,
  files: Map<string, Upload>,
): Promise<void> {
  const parser = new Busboy({ headers: { 'content-type': type }, limits: { fieldSize: maxBytes } });
  parser.on('field', (name, value) => fields.set(name, value));
  parser.on('file', (name, stream, fileName) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => files.set(name, { bytes: Buffer.concat(chunks), fileName: fileName ?? 'file' }));
  });
  try {
    parser.end(body);
    await finished(parser);
  } catch {
    throw badRequest('malformed multipart body');
  }
}
