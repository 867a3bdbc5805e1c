import { Conflict, InvalidInput, NotFound, type RulePatch, type RuleRequest, type Tx } from '@vaultstream/contracts';
import { v7 as uuid } from 'uuid';
import { type Database } from '../database/database.ts';
import { toJson } from '../database/json.ts';
import { decodeCursor, encodeCursor, olderThan, toPage } from '../database/page.ts';
import { isUniqueViolation } from '../database/pg-errors.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { setTargets } from './rule-targets.ts';
import { factColumns, type RuleFacts } from './rule-facts.ts';
import { ruleInclude, toRuleRecord, type RuleRecord } from './rule-record.ts';

/** Which contents go to which targets. */
export class Rules {
  constructor(private readonly db: Database) {}

  /** @throws Conflict when a rule has this name; InvalidInput for a target that cannot be one of a rule. */
  async create(tx: Tx, rule: RuleRequest): Promise<RuleRecord> {
    const id = uuid();
    await named(rule.name, () => openTx(tx).rule.create({ data: { id, name: rule.name, ...columns(rule) } }));
    await setTargets(tx, id, rule);
    const made = await this.load(tx, id);
    requireNsfwTarget(made, rule);
    await Events.append(tx, [{ type: 'rule.created', payload: { rule_id: id, name: rule.name } }]);
    return made;
  }

  /**
   * Changes a rule and raises its version. What it has decided already stands.
   * @throws NotFound; Conflict when another rule has this name; InvalidInput for a target that cannot be one of a rule.
   */
  async update(tx: Tx, id: string, patch: RulePatch): Promise<RuleRecord> {
    await this.load(tx, id, true);
    const fields = Object.entries(patch).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    if (fields.length > 0) {
      await named(patch.name ?? '', () =>
        openTx(tx).rule.update({
          where: { id },
          data: {
            ...(patch.name === undefined ? {} : { name: patch.name }),
            ...columns(patch),
            version: { increment: 1 },
            updatedAt: new Date(),
          },
        }),
      );
      await setTargets(tx, id, patch);
      requireNsfwTarget(await this.load(tx, id), patch);
      await Events.append(tx, [{ type: 'rule.updated', payload: { rule_id: id, fields } }]);
    }
    return this.load(tx, id);
  }

  /** Deletes softly. @throws NotFound */
  async remove(tx: Tx, id: string): Promise<void> {
    await this.load(tx, id, true);
    await openTx(tx).rule.update({
      where: { id },
      data: { deletedAt: new Date(), enabled: false, updatedAt: new Date() },
    });
    await Events.append(tx, [{ type: 'rule.deleted', payload: { rule_id: id } }]);
  }

  /** The enabled rules, those that decide first at the front: by priority, then by age. */
  async active(tx: Tx): Promise<RuleRecord[]> {
    return (await openTx(tx).rule.findMany(activeRules)).map(toRuleRecord);
  }

  /** As `active`, outside of a transaction. */
  async listActive(): Promise<RuleRecord[]> {
    return (await this.db.reading((client) => client.rule.findMany(activeRules))).map(toRuleRecord);
  }

  /** What rules look at in a content as it is now; null when there is none. */
  async factsOf(contentId: number): Promise<RuleFacts | null> {
    return this.db.reading((client) => client.content.findUnique({ where: { id: contentId }, select: factColumns }));
  }

  /** @throws NotFound */
  async get(id: string): Promise<RuleRecord> {
    const row = await this.db.reading((client) =>
      client.rule.findFirst({ where: { id, deletedAt: null }, include: ruleInclude }),
    );
    if (!row) throw new NotFound('There is no such rule.');
    return toRuleRecord(row);
  }

  /** Newest first. */
  async list(page: { limit: number; cursor?: string | undefined }) {
    const after = page.cursor === undefined ? null : decodeCursor('rules', ['time', 'uuid'], page.cursor);
    const rows = await this.db.reading((client) =>
      client.rule.findMany({
        where: { deletedAt: null, ...olderThan(after) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: page.limit + 1,
        include: ruleInclude,
      }),
    );
    return toPage(rows, page.limit, toRuleRecord, (row) => encodeCursor('rules', [row.createdAt, row.id]));
  }

  private async load(tx: Tx, id: string, lock = false): Promise<RuleRecord> {
    const client = openTx(tx);
    if (lock) await client.$queryRaw`SELECT 1 FROM rules WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await client.rule.findFirst({ where: { id, deletedAt: null }, include: ruleInclude });
    if (!row) throw new NotFound('There is no such rule.');
    return toRuleRecord(row);
  }
}

/** The enabled rules in the order in which they decide. */
const activeRules = {
  where: { enabled: true, deletedAt: null },
  orderBy: [{ priority: 'desc' as const }, { createdAt: 'asc' as const }, { id: 'asc' as const }],
  include: ruleInclude,
};

/** The columns of what is given. */
function columns(rule: RulePatch) {
  return {
    ...(rule.enabled === undefined ? {} : { enabled: rule.enabled }),
    ...(rule.priority === undefined ? {} : { priority: rule.priority }),
    ...(rule.match === undefined ? {} : { match: toJson(rule.match) }),
    ...(rule.nsfw_policy === undefined ? {} : { nsfwPolicy: rule.nsfw_policy }),
    ...(rule.approval === undefined ? {} : { approval: rule.approval }),
  };
}

async function named(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isUniqueViolation(error)) throw new Conflict(`There is already a rule with the name "${name}".`);
    throw error;
  }
}

/** @throws InvalidInput when a change leaves NSFW contents, which are to go elsewhere, with nowhere to go. */
function requireNsfwTarget({ nsfwPolicy, nsfwTargets }: RuleRecord, change: RulePatch): void {
  const asked = change.nsfw_policy !== undefined || change.nsfw_target_ids !== undefined;
  if (!asked || nsfwPolicy !== 'separate' || nsfwTargets.length > 0) return;
  const message = 'must name at least one target: the policy "separate" sends NSFW contents there';
  throw new InvalidInput(`body.nsfw_target_ids: ${message}`, [{ path: 'body.nsfw_target_ids', message }]);
}
