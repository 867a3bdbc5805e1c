import { Controller, Get, Req, Res } from '@nestjs/common';
import { eventsQuerySchema, InvalidInput, type EventsQuery, type Principal } from '@vaultstream/contracts';
import {
  Admission,
  Answers,
  CurrentPrincipal,
  Scopes,
  TraceLinks,
  Unauthenticated,
  ZodQuery,
} from '@vaultstream/runtime';
import { EventFeed } from '@vaultstream/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventHub } from './event-hub.ts';
import { eventStream } from './event-stream.ts';

/** `x-accel-buffering` tells nginx to pass each event on at once. */
const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };

/** The event log, live. */
@Controller('events')
export class EventsController {
  constructor(
    private readonly hub: EventHub,
    private readonly feed: EventFeed,
    private readonly admission: Admission,
    private readonly traces: TraceLinks,
  ) {}

  /**
   * The stream ends with its token.
   * @throws InvalidInput for a forged cursor, RateLimited beyond ten streams of a token, InfrastructureError (503) beyond 100 listeners.
   */
  @Get()
  @Scopes('read')
  @Answers('Follows the event log; resumes after the last id that was read, without loss or repetition.', {
    200: { media: 'text/event-stream' },
  })
  async follow(
    @ZodQuery(eventsQuerySchema) query: EventsQuery,
    @CurrentPrincipal() { tokenId }: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const from = await this.startOf(request.headers['last-event-id'], query.after);
    if (request.method === 'HEAD') return void (await reply.headers(headers).send());
    // Revoked before the place in the log was looked up, on another replica: no event that is still to come would say so.
    if (!(await this.admission.isStillAdmitted(request)))
      throw new Unauthenticated('This token is revoked or expired.');
    // The client may be gone while we looked the cursor up.
    if (reply.raw.destroyed) return;
    const listener = this.hub.listen({ tokenId, isStillAdmitted: () => this.admission.isStillAdmitted(request) });
    // A quiet stream waits for news: only this wakes it when its client hangs up.
    reply.raw.once('close', () => listener.end());
    await reply
      .headers(headers)
      .send(eventStream(listener, from, query, undefined, (event) => this.traces.addTo(event)));
  }

  private async startOf(lastId: string | string[] | undefined, after: string | undefined) {
    const path = 'headers.last-event-id';
    if (Array.isArray(lastId)) throw new InvalidInput(`${path}: must be given once`);
    // A browser that has seen no id yet sends none, others an empty one.
    if (lastId) return this.feed.open(lastId, path);
    return after === undefined ? this.feed.tip() : this.feed.open(after, 'query.after');
  }
}
