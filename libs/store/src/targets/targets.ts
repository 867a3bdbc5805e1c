import { Conflict, NotFound, type TargetSettings, type Tx } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { type Database } from '../database/database.ts';
import { toJson } from '../database/json.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { openTx } from '../database/tx.ts';
import { cancelBatch, cancelForTarget } from '../deliveries/cancel-open.ts';
import { Events } from '../events/events.ts';
import type { TargetModel } from '../generated/models/Target.ts';
import { type SecretBox } from '../secrets/secret-box.ts';
import { externalKind, maxExternalTargets, toTargetRecord, type TargetRecord } from './target-record.ts';

/** The real address goes into the ciphertext, the masked one into the row. */
export interface AddressParts {
  full: Record<string, unknown>;
  masked: Record<string, unknown>;
}

export interface NewTarget {
  key: string;
  kind: string;
  name: string;
  address: AddressParts;
  botConfigId: string | null;
  settings: TargetSettings;
  enabled: boolean;
}

/** Members that are left out stay as they are. */
export interface TargetChange {
  name?: string | undefined;
  /** The key changes with the address. */
  address?: (AddressParts & { key: string }) | undefined;
  /** Null: the primary bot. */
  botConfigId?: string | null | undefined;
  settings?: TargetSettings | undefined;
  enabled?: boolean | undefined;
}

const sealedAt = (id: string) => ({ table: 'targets', row: id, column: 'secret_cipher' });

/** Where contents are pushed to. Addresses are sealed, each to its row. */
export class Targets {
  constructor(
    private readonly db: Database,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Creates a target. A deleted one of the same key, or an external one that a bot has used, is revived instead: its ledger
   * goes on, so that nothing is pushed to it twice.
   * @throws Conflict when a live target has this key.
   */
  async create(tx: Tx, target: NewTarget): Promise<TargetRecord> {
    const client = openTx(tx);
    const [row] = await client.$queryRaw<{ id: string }[]>`
      INSERT INTO targets (id, key, kind, name, address) VALUES (${uuid()}::uuid, ${target.key}, ${target.kind}, ${target.name}, '{}')
      ON CONFLICT (key) DO UPDATE SET created_at = now()
        WHERE targets.deleted_at IS NOT NULL OR targets.kind = ${externalKind}
      RETURNING id::text`;
    if (!row) throw new Conflict(`There is already a target with the key ${target.key}.`);
    const saved = await client.target.update({
      where: { id: row.id },
      data: {
        kind: target.kind,
        name: target.name,
        ...this.addressColumns(row.id, target.address),
        botConfigId: target.botConfigId,
        settings: toJson(target.settings),
        enabled: target.enabled,
        ...healthy,
        lastSuccessAt: null,
        deletedAt: null,
        updatedAt: new Date(),
      },
    });
    await Events.append(tx, [
      { type: 'target.created', targetId: row.id, payload: { key: target.key, kind: target.kind } },
    ]);
    return toTargetRecord(saved);
  }

  /**
   * Changes a target. Enabling it forgives what it was disabled for; what was blocked meanwhile stays blocked until a person retries it.
   * @throws NotFound; Conflict when another target has the key of the new address.
   */
  async update(tx: Tx, id: string, change: TargetChange): Promise<TargetRecord> {
    const before = await this.lock(tx, id);
    const client = openTx(tx);
    const key = change.address?.key ?? before.key;
    if (key !== before.key && (await client.target.findUnique({ where: { key }, select: { id: true } })))
      throw new Conflict(`There is, or was, another target with the key ${key}.`);
    const saved = await client.target.update({
      where: { id },
      data: {
        key,
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.address === undefined ? {} : this.addressColumns(id, change.address)),
        ...(change.botConfigId === undefined ? {} : { botConfigId: change.botConfigId }),
        ...(change.settings === undefined ? {} : { settings: toJson(change.settings) }),
        ...(change.enabled === undefined ? {} : { enabled: change.enabled, disabledReason: null }),
        ...(change.enabled === true && !before.enabled ? healthy : {}),
        updatedAt: new Date(),
      },
    });
    const fields = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    await Events.append(tx, [{ type: 'target.updated', targetId: id, payload: { fields } }]);
    return toTargetRecord(saved);
  }

  /**
   * Deletes softly, in transactions of its own: rules lose it, what was still to be sent is cancelled, the ledger stays. One that is cut
   * off in between leaves the target alive; it may be called again.
   * @throws NotFound
   */
  async remove(id: string): Promise<void> {
    while ((await this.db.transact((tx) => cancelForTarget(tx, id))) === cancelBatch);
    await this.db.transact((tx) => this.removeNow(tx, id));
  }

  private async removeNow(tx: Tx, id: string): Promise<void> {
    // The ledger first: a running delivery takes its locks in this order too. Few rows can have come since.
    while ((await cancelForTarget(tx, id)) === cancelBatch);
    await this.lock(tx, id);
    const client = openTx(tx);
    await client.target.update({
      where: { id },
      data: { deletedAt: new Date(), enabled: false, updatedAt: new Date() },
    });
    await client.ruleTarget.deleteMany({ where: { targetId: id } });
    await Events.append(tx, [{ type: 'target.deleted', targetId: id }]);
  }

  /**
   * The target that a bot calls by this key; an unknown key becomes a disabled external target.
   * A deleted target is answered as it is.
   * @param limited False for what is brought over from the old version: as many as it knew.
   * @throws Conflict when there are as many external targets as there may be.
   */
  async ensureExternal(tx: Tx, key: string, { limited }: { limited: boolean }): Promise<string> {
    const client = openTx(tx);
    const find = () => client.target.findUnique({ where: { key }, select: { id: true } });
    const known = await find();
    if (known) return known.id;
    if (limited) {
      // One at a time, so that the count holds; whoever waited looks again.
      await client.$queryRaw`SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtextextended('targets:external', 0))`;
      const made = await find();
      if (made) return made.id;
      requireRoom(await client.target.count({ where: liveExternal }));
    }
    const [created] = await client.$queryRaw<{ id: string }[]>`
      INSERT INTO targets (id, key, kind, name, address, enabled, disabled_reason)
      VALUES (${uuid()}::uuid, ${key}, ${externalKind}, ${key}, '{}', false, 'external')
      ON CONFLICT (key) DO NOTHING RETURNING id::text`;
    if (!created) return (await client.target.findUniqueOrThrow({ where: { key }, select: { id: true } })).id;
    await Events.append(tx, [{ type: 'target.created', targetId: created.id, payload: { key, kind: externalKind } }]);
    return created.id;
  }

  /** True when a target has, or had, this key. */
  async hasKey(key: string): Promise<boolean> {
    return (await this.db.reading((client) => client.target.count({ where: { key } }))) > 0;
  }

  /** @throws Conflict when no further external target can be made. */
  async requireExternalRoom(): Promise<void> {
    requireRoom(await this.db.reading((client) => client.target.count({ where: liveExternal })));
  }

  /** @throws NotFound for an unknown or deleted target. */
  async get(id: string): Promise<TargetRecord> {
    const row = await this.db.reading((client) => client.target.findFirst({ where: { id, deletedAt: null } }));
    if (!row) throw new NotFound('There is no such target.');
    return toTargetRecord(row);
  }

  /**
   * The real address, secrets included. For sending and testing only.
   * @throws NotFound; SecretError when it cannot be opened.
   */
  async address(id: string): Promise<Record<string, unknown>> {
    const row = await this.db.reading((client) => client.target.findFirst({ where: { id, deletedAt: null } }));
    if (!row) throw new NotFound('There is no such target.');
    return this.openAddress(row);
  }

  /**
   * The real address, and nobody else changes the target until the transaction ends: for a change that depends on what is there.
   * @throws NotFound; SecretError when it cannot be opened.
   */
  async lockAddress(tx: Tx, id: string): Promise<Record<string, unknown>> {
    return this.openAddress(await this.lock(tx, id));
  }

  /** Newest first. */
  async list(page: { limit: number; cursor?: string | undefined }) {
    const after = page.cursor === undefined ? null : decodeCursor('targets', ['time', 'uuid'], page.cursor);
    const rows = await this.db.reading((client) =>
      client.target.findMany({
        where: { deletedAt: null, ...olderThan(after) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.limit + 1,
      }),
    );
    return toPage(rows, page.limit, toTargetRecord, (row) => encodeCursor('targets', [row.createdAt, row.id]));
  }

  private openAddress({ id, address, secretCipher }: TargetModel): Record<string, unknown> {
    if (secretCipher === null) return address as Record<string, unknown>;
    return JSON.parse(this.secrets.open(secretCipher, sealedAt(id))) as Record<string, unknown>;
  }

  private addressColumns(id: string, address: AddressParts) {
    return {
      address: toJson(address.masked),
      secretCipher: this.secrets.seal(JSON.stringify(address.full), sealedAt(id)),
    };
  }

  private async lock(tx: Tx, id: string): Promise<TargetModel> {
    const client = openTx(tx);
    await client.$queryRaw`SELECT 1 FROM targets WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await client.target.findFirst({ where: { id, deletedAt: null } });
    if (!row) throw new NotFound('There is no such target.');
    return row;
  }
}

const liveExternal = { kind: externalKind, deletedAt: null };

function requireRoom(external: number): void {
  if (external < maxExternalTargets) return;
  throw new Conflict(
    `There are ${external} targets that bots have made by naming them, and no more are taken: delete some (DELETE /targets/{id}), or register this one (POST /targets).`,
  );
}

const healthy = { disabledReason: null, failingSince: null, consecutiveFailures: 0, lastError: null };
