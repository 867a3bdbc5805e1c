import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import {
  deliveriesQuerySchema,
  deliveryRequestSchema,
  resolveRequestSchema,
  type DeliveriesQuery,
  type DeliveryRequest,
  type DeliveryView,
  type Page,
  type ResolveRequest,
} from '@vaultstream/contracts';
import { Scopes, UuidParam, ZodBody, ZodQuery } from '@vaultstream/runtime';
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
  list(@ZodQuery(deliveriesQuerySchema) query: DeliveriesQuery): Promise<Page<DeliveryView>> {
    return this.deliveries.list(query);
  }

  @Get(':id')
  @Scopes('read')
  get(@UuidParam() id: string): Promise<DeliveryView> {
    return this.deliveries.get(id);
  }

  /** 201, or 200 when there is a row already. */
  @Post()
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
  approve(@UuidParam() id: string): Promise<DeliveryView> {
    return this.desk.act(id, approveDelivery);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  cancel(@UuidParam() id: string): Promise<DeliveryView> {
    return this.desk.act(id, cancelDelivery);
  }

  @Post(':id/retry')
  @HttpCode(200)
  retry(@UuidParam() id: string): Promise<DeliveryView> {
    return this.desk.act(id, retryDelivery);
  }

  @Post(':id/resolve')
  @HttpCode(200)
  resolve(@UuidParam() id: string, @ZodBody(resolveRequestSchema) { as }: ResolveRequest): Promise<DeliveryView> {
    return this.desk.act(id, (tx, row) => resolveDelivery(tx, row, as));
  }
}
