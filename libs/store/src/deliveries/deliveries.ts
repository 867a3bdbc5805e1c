import { NotFound, type DeliveriesQuery, type DeliveryView, type Page } from '@vaultstream/contracts';
import { namesOf } from '../contents/content-names.ts';
import { type Database } from '../database/database.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { deliveryInclude, toDeliveryView } from './delivery-record.ts';
import { offerContents, type OfferQuery } from './offers.ts';

/** Targets that the backlog names; those with the longest queues come first. */
const backlogTargets = 200;

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

  /** Rows that wait to be sent, by the key of their target. */
  async backlog(): Promise<{ key: string; waiting: number }[]> {
    return this.db.reading(
      (client) => client.$queryRaw<{ key: string; waiting: number }[]>`
        SELECT t.key, count(*)::int AS waiting FROM deliveries d JOIN targets t ON t.id = d.target_id
        WHERE d.state IN ('planned', 'held', 'sending') GROUP BY t.key ORDER BY waiting DESC LIMIT ${backlogTargets}::int`,
    );
  }
}
