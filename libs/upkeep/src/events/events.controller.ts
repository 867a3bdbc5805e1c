import { Controller, Get, Req, Res } from '@nestjs/common';
import { eventsQuerySchema, InvalidInput, type EventsQuery } from '@vaultstream/contracts';
import { Answers, Scopes, ZodQuery } from '@vaultstream/runtime';
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
  ) {}

  /** @throws InvalidInput for a forged cursor, InfrastructureError (503) beyond 100 listeners. */
  @Get()
  @Scopes('read')
  @Answers('Follows the event log; resumes after the last id that was read, without loss or repetition.', {
    200: { media: 'text/event-stream' },
  })
  async follow(
    @ZodQuery(eventsQuerySchema) query: EventsQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const from = await this.startOf(request.headers['last-event-id'], query.after);
    if (request.method === 'HEAD') return void (await reply.headers(headers).send());
    // The client may be gone while we looked the cursor up.
    if (reply.raw.destroyed) return;
    const listener = this.hub.listen();
    // A quiet stream waits for news: only this wakes it when its client hangs up.
    reply.raw.once('close', () => listener.end());
    await reply.headers(headers).send(eventStream(listener, from, query));
  }

  private async startOf(lastId: string | string[] | undefined, after: string | undefined) {
    const path = 'headers.last-event-id';
    if (Array.isArray(lastId)) throw new InvalidInput(`${path}: must be given once`);
    // A browser that has seen no id yet sends none, others an empty one.
    if (lastId) return this.feed.open(lastId, path);
    return after === undefined ? this.feed.tip() : this.feed.open(after, 'query.after');
  }
}
