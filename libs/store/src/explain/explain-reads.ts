import type { ArchiveStatus, ContentStatus, DecisionReason, DeliveryState, MediaStatus } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import { planSubjectColumns } from '../deliveries/plan-subject.ts';
import { begunPartStates, ownerGone } from '../deliveries/states.ts';
import type { PrismaClient } from '../generated/client.ts';
import type { RuleFacts } from '../rules/rule-facts.ts';
import { ruleInclude, toRuleRecord } from '../rules/rule-record.ts';
import type { DecisionRow, ExplainedDelivery, ExplainRows } from './explain-rows.ts';

export type { DecisionRow, ExplainedDelivery, ExplainRows, LiveTask } from './explain-rows.ts';

/** Rows of each kind at most: the latest ones. */
const most = 100;
const ownersGone: readonly (string | null)[] = Object.values(ownerGone);
const begun = { state: { in: [...begunPartStates] } };
const latest = { createdAt: 'desc' as const };

/** Reads everything that says why a content is as it is. */
export class ExplainReads {
  constructor(private readonly db: Database) {}

  /** @param contentId Of a survivor. Null when there is none, or it is deleted. */
  async get(contentId: number): Promise<ExplainRows | null> {
    return this.db.reading(async (client) => {
      const content = await readContent(client, contentId);
      if (!content) return null;
      const { keys, merged, sources, plannedAt, planBaseline, ...row } = content;
      const status = row.status as ContentStatus;
      const archiveStatus = row.archiveStatus as ArchiveStatus;
      const decisions = await readDecisions(client, contentId);
      const deliveries = await readDeliveries(client, contentId);
      const rules = await readRules(client, [...decisions, ...deliveries]);
      const counts = await client.media.groupBy({ by: ['status'], where: { contentId }, _count: true });
      const failedMedia = await client.media.findMany({
        where: { contentId, status: { in: ['failed', 'skipped'] } },
        select: { originUrl: true, status: true, errorType: true, error: true },
        orderBy: { position: 'asc' },
        take: most,
      });
      return {
        subject: { ...row, status, archiveStatus },
        parse: { ...row, status, archiveStatus },
        keys,
        merged,
        sources,
        tasks: await client.task.findMany({
          where: { contentId },
          select: { name: true, targetId: true, state: true, failures: true, runAt: true },
          take: most,
        }),
        circuit: await readCircuit(client, row.platform),
        media: Object.fromEntries(counts.map((group) => [group.status, group._count])),
        failedMedia: failedMedia.map((item) => ({ ...item, status: item.status as MediaStatus })),
        plan: { at: plannedAt, before: plannedAt === null ? null : ((planBaseline ?? row) as RuleFacts) },
        waitingMedia: await readWaiting(client, contentId),
        decisions,
        rules,
        targetKeys: await readKeys(client, rules),
        deliveries,
      };
    });
  }
}

/** What pictures wait for, by the latest event of each that is still to come true. */
const readWaiting = (client: PrismaClient, contentId: number): Promise<ExplainRows['waitingMedia']> =>
  client.$queryRaw<ExplainRows['waitingMedia']>`
    SELECT DISTINCT ON (m.id) m.origin_url AS "originUrl", e.payload->>'reason' AS reason, (e.payload->>'until')::timestamptz AS until
    FROM media m JOIN events e ON e.content_id = m.content_id AND e.type = 'media.waiting' AND e.payload->>'media_id' = m.id::text
    WHERE m.content_id = ${contentId}::int AND m.status = 'pending' AND (e.payload->>'until')::timestamptz > now()
    ORDER BY m.id, e.id DESC LIMIT ${most}`;

async function readCircuit(client: PrismaClient, platform: string): Promise<ExplainRows['circuit']> {
  const state = await client.platformState.findFirst({ where: { platform, circuit: { not: 'closed' } } });
  return state && { reason: state.circuitReason };
}

const readContent = (client: PrismaClient, id: number) =>
  client.content.findFirst({
    where: { id, deletedAt: null, mergedInto: null },
    select: {
      ...planSubjectColumns,
      plannedAt: true,
      planBaseline: true,
      canonicalUrl: true,
      parserVersion: true,
      parseGeneration: true,
      failureCount: true,
      lastErrorType: true,
      lastError: true,
      lastErrorAt: true,
      keys: { select: { platform: true, key: true, createdAt: true }, orderBy: { createdAt: 'asc' }, take: most },
      merged: { select: { id: true, canonicalUrl: true }, orderBy: { id: 'asc' }, take: most },
      sources: { select: { url: true, source: true, createdAt: true }, orderBy: latest, take: most },
    },
  });

async function readDecisions(client: PrismaClient, contentId: number): Promise<DecisionRow[]> {
  const rows = await client.ruleDecision.findMany({
    where: { contentId },
    include: { target: { select: { key: true } } },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ target, reason, ...row }) => ({
    ...row,
    targetKey: target?.key ?? null,
    reason: reason as DecisionReason,
  }));
}

async function readRules(
  client: PrismaClient,
  mentioned: readonly { ruleId: string | null }[],
): Promise<ExplainRows['rules']> {
  const ids = [...new Set(mentioned.flatMap(({ ruleId }) => ruleId ?? []))];
  const rows = await client.rule.findMany({
    where: { OR: [{ deletedAt: null }, { id: { in: ids } }] },
    orderBy: [{ priority: 'desc' }, { createdAt: 'asc' }, { id: 'asc' }],
    include: ruleInclude,
  });
  return rows.map((row) => ({ ...toRuleRecord(row), deleted: row.deletedAt !== null }));
}

async function readKeys(client: PrismaClient, rules: ExplainRows['rules']): Promise<Map<string, string>> {
  const ids = rules.flatMap(({ targets, nsfwTargets }) => [...targets, ...nsfwTargets].map(({ id }) => id));
  const rows = await client.target.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, key: true },
  });
  return new Map(rows.map(({ id, key }) => [id, key]));
}

async function readDeliveries(client: PrismaClient, contentId: number): Promise<ExplainedDelivery[]> {
  const rows = await client.delivery.findMany({
    where: { contentId },
    include: {
      target: { select: { key: true, enabled: true } },
      parts: { where: begun, select: { id: true }, take: 1 },
    },
    orderBy: latest,
    take: most,
  });
  return rows.map(({ target, parts, state, ...row }) => ({
    ...row,
    state: state as DeliveryState,
    beginsAnew: state === 'cancelled' && ownersGone.includes(row.reason),
    begun: parts.length > 0,
    targetKey: target.key,
    targetEnabled: target.enabled,
  }));
}
