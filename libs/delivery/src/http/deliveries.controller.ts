import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import {
  deliveryViewSchema,
  pageOf,
  deliveriesQuerySchema,
  deliveryRequestSchema,
  resolveRequestSchema,
  type DeliveriesQuery,
  type DeliveryRequest,
  type DeliveryView,
  type Page,
  type ResolveRequest,
} from '@vaultstream/contracts';
import { Answers, Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { approveDelivery, cancelDelivery, Deliveries, resolveDelivery, retryDelivery } from '@vaultstream/store';
import type { FastifyReply } from 'fastify';
import { DeliveryDesk } from '../delivery-desk.ts';

/** The push ledger. */
@Controller('deliveries')
@Scopes('push')
export class DeliveriesController {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly desk: DeliveryDesk,
  ) {}

  @Get()
  @Scopes('read')
  @Answers('The push ledger, newest first.', { 200: pageOf(deliveryViewSchema) })
  list(@ZodQuery(deliveriesQuerySchema) query: DeliveriesQuery): Promise<Page<DeliveryView>> {
    return this.deliveries.list(query);
  }

  @Get(':id')
  @Scopes('read')
  @Answers('One row of the ledger.', { 200: deliveryViewSchema })
  get(@UuidParam() id: string): Promise<DeliveryView> {
    return this.deliveries.get(id);
  }

  /** 201, or 200 when there is a row already. */
  @Post()
  @Answers(
    'Pushes a content to a target without asking the rules; 200 when there is a row already. One that the rules have blocked goes on, without a rule.',
    {
      200: deliveryViewSchema,
      201: deliveryViewSchema,
    },
    404,
    409,
  )
  async create(
    @ZodBody(deliveryRequestSchema) request: DeliveryRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeliveryView> {
    const { delivery, created } = await this.desk.create(request);
    reply.code(created ? 201 : 200);
    return delivery;
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Answers(
    'Lets a held delivery go. 409 when no rule wants it to be sent any more: it is `blocked` then, and its `reason` says why.',
    { 200: deliveryViewSchema },
    409,
  )
  approve(@UuidParam() id: string): Promise<DeliveryView> {
    return this.desk.act(id, approveDelivery);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Answers('Gives a delivery up.', { 200: deliveryViewSchema }, 409)
  cancel(@UuidParam() id: string): Promise<DeliveryView> {
    return this.desk.act(id, cancelDelivery);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Answers(
    'Sends again what has failed or was blocked. 409 while no rule wants it to be sent.',
    { 200: deliveryViewSchema },
    409,
  )
  retry(@UuidParam() id: string): Promise<DeliveryView> {
    return this.desk.act(id, retryDelivery);
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @Answers('Says what became of an unconfirmed delivery.', { 200: deliveryViewSchema }, 409)
  resolve(@UuidParam() id: string, @ZodBody(resolveRequestSchema) { as }: ResolveRequest): Promise<DeliveryView> {
    return this.desk.act(id, (tx, row) => resolveDelivery(tx, row, as));
  }
}
