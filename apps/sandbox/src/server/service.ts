import type { IncomingHttpHeaders } from 'node:http';

/** A request as a service sees it. */
export interface Exchange {
  method: string;
  /** Public host that was asked for, such as `news.example.com`. */
  host: string;
  /** Below the host, with a slash at its beginning, such as `/harbour-lamps`. Not decoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Aborts when the caller hangs up. */
  signal: AbortSignal;
}

/** A whole answer, made before the first byte of it leaves: so that an error mode can spoil it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** What `/_control/<service>/<action>` does: gets the JSON body, answers JSON. @throws ZodError for a body that is wrong */
export type ControlAction = (body: unknown, query: URLSearchParams) => unknown;

/** A fake of something outside: answers for some public hosts. */
export interface Service {
  /** Such as `telegram`: what modes and the log call it. */
  readonly name: string;
  /** Public hosts, in lower case, that it answers for. */
  readonly hosts: readonly string[];
  /** The answer, with its effect. */
  answer(exchange: Exchange): Answer | Promise<Answer>;
  /** How this service words an error. @param retryAfterS seconds, for 429 */
  refuse(status: number, retryAfterS: number): Answer;
  /** Forgets everything that was received or set. */
  reset(): void;
  /** By method and action, such as `POST chats`. */
  readonly control: Readonly<Record<string, ControlAction>>;
}

/** An answer of JSON. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

/** An answer of HTML in UTF-8. */
export function html(body: string, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body };
}
