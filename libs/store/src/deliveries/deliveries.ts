import { NotFound, type DeliveriesQuery, type DeliveryView, type Page } from '@vaultstream/contracts';
import { namesOf } from '../contents/content-names.ts';
import { type Database } from '../database/database.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { readBacklog, readLastDay, type Backlog } from './backlog.ts';
import { deliveryInclude, toDeliveryView } from './delivery-record.ts';
import { offerContents, type OfferQuery } from './offers.ts';

/** Reads of the push ledger. Its transitions are functions of this folder that take an open transaction. */
export class Deliveries {
  constructor(private readonly db: Database) {}

  /** @throws NotFound */
  async get(id: string): Promise<DeliveryView> {
    const row = await this.db.reading((client) =>
      client.delivery.findUnique({ where: { id }, include: deliveryInclude }),
    );
    if (!row) throw new NotFound('There is no such delivery.');
    return toDeliveryView(row);
  }

  /** The id of the row of this content and target, or null. */
  async find(contentId: number, targetId: string): Promise<string | null> {
    const row = await this.db.reading((client) =>
      client.delivery.findUnique({ where: { contentId_targetId: { contentId, targetId } }, select: { id: true } }),
    );
    return row?.id ?? null;
  }

  /** Newest first. A merged content stands for its survivor. */
  async list(query: DeliveriesQuery): Promise<Page<DeliveryView>> {
    const after = query.cursor === undefined ? null : decodeCursor('deliveries', ['time', 'uuid'], query.cursor);
    const rows = await this.db.reading(async (client) =>
      client.delivery.findMany({
        where: {
          ...(query.status === undefined ? {} : { state: query.status }),
          ...(query.target_id === undefined ? {} : { targetId: query.target_id }),
          ...(query.content_id === undefined ? {} : { contentId: { in: await namesOf(client, query.content_id) } }),
          ...olderThan(after),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
        include: deliveryInclude,
      }),
    );
    return toPage(rows, query.limit, toDeliveryView, (row) => encodeCursor('deliveries', [row.createdAt, row.id]));
  }

  /** Ids of the contents that a bot may push to a target: see `offerContents`. */
  async offers(query: OfferQuery): Promise<number[]> {
    return offerContents(this.db, query);
  }

  /** What waits, by target: the 50 with the longest queues, the rest together. */
  backlog(): Promise<Backlog[]> {
    return readBacklog(this.db);
  }

  /** What was made in the last 24 hours, by target and state: the 50 busiest, the rest together. */
  lastDay(): ReturnType<typeof readLastDay> {
    return readLastDay(this.db);
  }
}
