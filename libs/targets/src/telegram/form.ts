/** A body and the header that describes it. */
export interface EncodedBody {
  body: string | Uint8Array;
  contentType: string;
}

/** A file as telegraf's types have it, with its bytes at hand. */
interface Upload {
  source: Buffer;
  filename?: string;
}

/**
 * A payload of the Bot API as JSON, or as a multipart form when it bears files. Files go as parts of their own, which the payload refers to as
 * `attach://<part>`, wherever in it they stand (https://core.telegram.org/bots/api#sending-files).
 */
export async function encodePayload(payload: object): Promise<EncodedBody> {
  const files: Upload[] = [];
  const json = replaceUploads(payload, files) as Record<string, unknown>;
  if (files.length === 0) return { body: JSON.stringify(json), contentType: 'application/json' };
  const form = new FormData();
  for (const [name, value] of Object.entries(json))
    if (value !== undefined && value !== null)
      form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  files.forEach(({ source, filename }, index) => {
    form.append(partName(index), new Blob([new Uint8Array(source)]), filename ?? `${partName(index)}.jpg`);
  });
  const encoded = new Response(form);
  return {
    body: new Uint8Array(await encoded.arrayBuffer()),
    contentType: encoded.headers.get('content-type') ?? 'multipart/form-data',
  };
}

const partName = (index: number): string => `file${index}`;

/** A copy in which every file has given way to a reference. @param files Gains the files. */
function replaceUploads(value: unknown, files: Upload[]): unknown {
  if (isUpload(value)) return `attach://${partName(files.push(value) - 1)}`;
  if (Array.isArray(value)) return value.map((item) => replaceUploads(item, files));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, replaceUploads(member, files)]));
}

function isUpload(value: unknown): value is Upload {
  return typeof value === 'object' && value !== null && 'source' in value && Buffer.isBuffer(value.source);
}
