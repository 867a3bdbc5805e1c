import { setTimeout as sleep } from 'node:timers/promises';
import type { ComposeStack } from './compose-stack.ts';

/** What the API answered. */
export interface Answer {
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers freely
  body: any;
}

/** A call that reached the webhook receiver of the sandbox, and whose signature was right. */
export interface Received {
  id: string;
  payload: { data: { content: { id: number; title: string } } };
}

/** An article of the sandbox, counting from 1. */
export const articleUrl = (article: number): string => `https://news.example.com/articles/${article}`;

/** Speaks to a stack through its balancer, as a client does, and to the sandbox in it. */
export class ComposeClient {
  /** Ids of the contents whose shares were accepted. */
  readonly accepted = new Set<number>();
  /** Status codes that refused a share, and what a broken connection said. */
  readonly refusals: string[] = [];

  constructor(
    private readonly stack: ComposeStack,
    private readonly token: string,
  ) {}

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(method, `${this.stack.url('API_PORT')}${path}`, body, { 'x-api-token': this.token });
  }

  /** Calls the control of the sandbox. */
  async sandbox(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(method, `${this.stack.url('SANDBOX_PORT')}/_control/${path}`, body);
  }

  /** A webhook target whose calls the sandbox checks, and a rule that pushes everything to it. */
  async pushEverything(): Promise<void> {
    const address = { url: 'https://hooks.example.com/' };
    const target = await this.call('POST', '/api/v1/targets', { kind: 'webhook', name: 'hook', address });
    await this.sandbox('POST', 'webhook/secrets', { secret: target.body.secret });
    await this.call('POST', '/api/v1/rules', { name: 'all', target_ids: [target.body.id] });
  }

  /** Shares an article of the sandbox's endless series until somebody takes it. @returns the id of its content */
  async share(article: number): Promise<number> {
    for (let tries = 0; tries < 300; tries++, await sleep(200)) {
      const url = articleUrl(article);
      const answer = await this.call('POST', '/api/v1/shares', { url }).catch((error: unknown) => String(error));
      if (typeof answer !== 'string' && answer.status < 300) {
        this.accepted.add(answer.body.content_id as number);
        return answer.body.content_id as number;
      }
      this.refusals.push(typeof answer === 'string' ? answer : String(answer.status));
    }
    throw new Error(`nobody took article ${article}: ${this.refusals.slice(-3).join(', ')}`);
  }

  /** What the webhook received, and how many calls had a wrong signature. */
  async received(): Promise<{ calls: Received[]; refused: number }> {
    return (await this.sandbox('GET', 'webhook/calls')).body as { calls: Received[]; refused: number };
  }

  /** How many accepted contents are in each state. */
  async states(): Promise<Record<string, number>> {
    const states: Record<string, number> = {};
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await this.call(
        'GET',
        `/api/v1/contents?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const item of body.items as { id: number; status: string; archive_status: string }[]) {
        const state = `${item.status}/${item.archive_status}`;
        if (this.accepted.has(item.id)) states[state] = (states[state] ?? 0) + 1;
      }
      cursor = body.next_cursor as string | null;
    }
    return states;
  }
}

async function ask(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const raw = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(raw) : raw };
}
