import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';
import { json, type Answer, type Exchange, type Service } from '../server/service.ts';

/** A call whose signature was right. */
export interface WebhookCall {
  /** `webhook-id`: the same on every try of one message. */
  id: string;
  /** Where it came, such as `/vault`. */
  path: string;
  type: string;
  /** How often this id came before. */
  repeats: number;
  payload: unknown;
}

const secretSchema = z.strictObject({ path: z.string().startsWith('/').default('/'), secret: z.string().min(1) });
const typeSchema = z.looseObject({ type: z.string() });

/**
 * A receiver of webhooks, as a careful customer writes one: checks the signature (Standard Webhooks 1.0.0), answers 204, and 401 where
 * it is wrong or no secret is known. Secrets are by path; the longest path that a call's path begins with counts.
 */
export class WebhookReceiver implements Service {
  readonly name = 'webhook';
  readonly hosts = ['hooks.example.com'];
  readonly #secrets = new Map<string, string>();
  readonly #calls: WebhookCall[] = [];
  #refused = 0;

  readonly control = {
    'POST secrets': (body: unknown) => {
      const { path, secret } = secretSchema.parse(body);
      this.setSecret(secret, path);
    },
    'GET calls': () => ({ calls: this.#calls, refused: this.#refused }),
  };

  /** The secret that signs calls to this path and below it. */
  setSecret(secret: string, path = '/'): void {
    this.#secrets.set(path, secret);
  }

  /** Calls with a right signature, in order, repeated ones too. */
  get calls(): readonly WebhookCall[] {
    return this.#calls;
  }

  /** How many calls had no right signature. */
  get refused(): number {
    return this.#refused;
  }

  answer({ path, headers, body }: Exchange): Answer {
    try {
      const secret = this.#secretFor(path);
      const payload: unknown = new Webhook(secret).verify(body.toString(), headers as Record<string, string>);
      const id = String(headers['webhook-id']);
      const { type = '' } = typeSchema.safeParse(payload).data ?? {};
      const repeats = this.#calls.filter((call) => call.id === id).length;
      this.#calls.push({ id, path, type, repeats, payload });
      return { status: 204, headers: {}, body: '' };
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      this.#refused++;
      return json({ error: error.message }, 401);
    }
  }

  refuse(status: number, retryAfterS: number): Answer {
    return json({ error: `status ${status}` }, status, status === 429 ? { 'retry-after': String(retryAfterS) } : {});
  }

  reset(): void {
    this.#secrets.clear();
    this.#calls.length = 0;
    this.#refused = 0;
  }

  #secretFor(path: string): string {
    const [best] = [...this.#secrets]
      .filter(([prefix]) => path.startsWith(prefix))
      .sort(([a], [b]) => b.length - a.length);
    if (!best) throw new WebhookVerificationError('no secret is known for this path');
    return best[1];
  }
}
