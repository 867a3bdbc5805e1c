import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** One call as the fake Bot API read it. */
export interface BotCall {
  token: string;
  method: string;
  /** Fields of the form or members of the JSON. */
  fields: Record<string, unknown>;
  /** Sizes of the uploaded files by the name of their part. */
  files: Record<string, number>;
}

/** A refusal in the words of the Bot API; `reset`: the connection ends without an answer, after the message was taken. */
export type Scripted = { code: number; description: string; parameters?: object } | 'reset' | null;

/** A Bot API as far as delivery uses it: it takes every message, unless `script` says otherwise, and remembers what it took. */
export class FakeBotApi {
  readonly calls: BotCall[] = [];
  /** Messages that took effect, also those whose answer was lost. */
  readonly taken: BotCall[] = [];
  script: (call: BotCall) => Scripted = () => null;
  /** Called when a message has taken effect, before its answer leaves. */
  onTaken: () => void = () => undefined;

  readonly listener: RequestListener = (request, response) => void this.answer(request, response);

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await read(request);
    this.calls.push(call);
    const scripted = this.script(call);
    if (scripted !== null && scripted !== 'reset') {
      const { code, ...rest } = scripted;
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ok: false, error_code: code, ...rest }));
      return;
    }
    if (call.method.startsWith('send')) {
      this.taken.push(call);
      this.onTaken();
    }
    if (scripted === 'reset') request.socket.destroy();
    else response.end(JSON.stringify({ ok: true, result: this.resultOf(call) }));
  }

  private resultOf({ method, fields }: BotCall): unknown {
    const message_id = this.taken.length;
    const photo = [{ file_id: 'small' }, { file_id: `file-${message_id}` }];
    if (method === 'getMe') return { id: 1, is_bot: true, username: 'a_bot' };
    if (method === 'getChat') return { id: -100, type: 'channel', title: 'A channel' };
    if (method === 'sendPhoto') return { message_id, photo };
    if (method === 'sendMediaGroup')
      return (JSON.parse(String(fields.media)) as unknown[]).map((_, index) => ({
        message_id: message_id + index,
        photo,
      }));
    return { message_id };
  }
}

async function read(request: IncomingMessage): Promise<BotCall> {
  const [, token = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '') ?? [];
  const type = request.headers['content-type'] ?? '';
  const body = await buffer(request);
  if (!type.startsWith('multipart/')) {
    const fields = body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);
    return { token, method, fields, files: {} };
  }
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  const files: Record<string, number> = {};
  for (const [name, value] of form.entries())
    if (typeof value === 'string') fields[name] = value;
    else files[name] = value.size;
  return { token, method, fields, files };
}
