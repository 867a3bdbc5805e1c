import { OutcomeUnknown } from '@vaultstream/contracts';
import { decodeText, surelyNotSent, type GuardedHttp, type GuardedResponse } from '@vaultstream/runtime';
import { Telegram, TelegramError } from 'telegraf';
import type { Opts, Telegram as Methods } from 'telegraf/types';
import { z } from 'zod';
import { apiHost } from './address.ts';
import { encodePayload } from './form.ts';

const apiRoot = `https://${apiHost}`;
/** Milliseconds for one call: twice of what the slowest upload of 5 MB should take, and less than a run of `delivery.send`. */
const timeoutMs = 25_000;
/** Bytes of an answer: that to an album of ten is about 30 kB. */
const maxAnswerBytes = 1_048_576;

const answerSchema = z.union([
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error_code: z.int(),
    description: z.string(),
    parameters: z
      .object({ migrate_to_chat_id: z.union([z.int(), z.string()]).optional(), retry_after: z.number().optional() })
      .optional(),
  }),
]);

/** What the Bot API or something before it said instead of doing it. */
export { TelegramError };

/**
 * Telegraf's client for the Bot API with our transport: the methods and types are telegraf's, every byte goes through the guarded client. Of
 * telegraf's own `callApi` nothing is left, because its transport (node-fetch) knows neither the guard nor whether a request has left.
 */
export class GuardedTelegram extends Telegram {
  constructor(
    token: string,
    private readonly http: GuardedHttp,
    private readonly abort: AbortSignal,
  ) {
    super(token);
  }

  /**
   * Calls a method, once.
   * @throws TelegramError when it was answered with an error; OutcomeUnknown when it may have taken effect; FetchFailure, Refused or
   * InvalidInput when it surely has not left.
   */
  override async callApi<M extends keyof Methods>(method: M, payload: Opts<M>): Promise<ReturnType<Methods[M]>> {
    const { body, contentType } = await encodePayload(payload);
    const response = await this.post(method, body, contentType);
    const answer = readAnswer(response);
    if (answer?.ok === true) return answer.result as ReturnType<Methods[M]>;
    if (answer) throw new TelegramError(answer as ConstructorParameters<typeof TelegramError>[0]);
    // Not the words of the Bot API. Behind a gateway that got no answer, or with a success that cannot be read, it may have happened.
    const { status } = response;
    if (status < 400 || status === 502 || status === 504)
      throw new OutcomeUnknown(`${apiHost} answered ${status} without saying what has happened`, { status });
    throw new TelegramError({ error_code: status, description: `answered ${status}` });
  }

  private async post(method: string, body: string | Uint8Array, contentType: string): Promise<GuardedResponse> {
    try {
      return await this.http.fetch({
        url: `${apiRoot}/bot${this.token}/${method}`,
        method: 'POST',
        headers: { 'content-type': contentType, 'user-agent': 'VaultStream', accept: 'application/json' },
        body,
        redirect: 'manual',
        maxBytes: maxAnswerBytes,
        truncate: true,
        budgets: { totalMs: timeoutMs, headersMs: timeoutMs, idleMs: timeoutMs, minBytesPerSecond: 0 },
        signal: this.abort,
      });
    } catch (error) {
      if (surelyNotSent(error)) throw error;
      const message = error instanceof Error ? error.message : 'the call failed';
      throw new OutcomeUnknown(message, { cause: error });
    }
  }
}

/** Null when it is not an answer of the Bot API. */
function readAnswer(response: GuardedResponse): z.infer<typeof answerSchema> | null {
  try {
    const parsed = answerSchema.safeParse(JSON.parse(decodeText(response).text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
