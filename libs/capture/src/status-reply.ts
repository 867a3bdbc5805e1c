/** The part of Fastify's reply that a handler with two statuses needs. */
export interface StatusReply {
  status(code: number): unknown;
}
