/** What an error answer may carry beside its text. */
export interface RefusalParameters {
  /** Seconds. */
  retry_after?: number;
  migrate_to_chat_id?: number;
}

/** The Bot API says no. `message` is its `description`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly code: number,
    description: string,
    readonly parameters: RefusalParameters = {},
  ) {
    super(description);
  }
}

/** 400, worded as the Bot API does. */
export const badRequest = (detail: string, parameters: RefusalParameters = {}): Refusal =>
  new Refusal(400, `Bad Request: ${detail}`, parameters);

/** 429. @param seconds to wait */
export const tooManyRequests = (seconds: number): Refusal =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
