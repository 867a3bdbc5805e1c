import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { NotFound, type Explanation } from '@vaultstream/contracts';
import { ContentReads, ExplainReads, matchRule, type ExplainRows, type RuleFacts } from '@vaultstream/store';
import { explainDelivery, taskOf, waitsFor } from './holds.ts';
import { explainIdentity } from './identity.ts';
import { outlookOf } from './outlook.ts';

/** Says why a content is as it is: how its URL was read, what failed, what each rule says, what holds each delivery. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly contents: ContentReads,
    private readonly reads: ExplainReads,
  ) {}

  /** @param id Of a content, or of one that was merged into it. @throws NotFound */
  async explain(id: number): Promise<Explanation> {
    const contentId = await this.contents.idOf(id);
    const rows = contentId === null ? null : await this.reads.get(contentId);
    if (!rows) throw new NotFound('There is no content with this id.');
    return {
      content_id: rows.subject.id,
      identity: explainIdentity(rows),
      parse: explainParse(rows),
      archive: {
        status: rows.parse.archiveStatus,
        media: { pending: 0, stored: 0, failed: 0, skipped: 0, ...rows.media },
        failures: rows.failedMedia.map(({ originUrl, status, errorType, error }) => ({
          origin_url: originUrl,
          status,
          type: errorType,
          error,
        })),
        waiting: rows.waitingMedia.map(({ originUrl, reason, until }) => ({
          origin_url: originUrl,
          reason,
          until: until.toISOString(),
        })),
      },
      waits_for: waitsFor(rows),
      plan: explainPlan(rows),
      rules: rows.rules.map((rule) => explainRule(rule, rows)),
      deliveries: rows.deliveries.map((delivery) => explainDelivery(delivery, rows)),
    };
  }
}

function explainParse({ parse, tasks }: ExplainRows): Explanation['parse'] {
  return {
    status: parse.status,
    parser_version: parse.parserVersion,
    generation: parse.parseGeneration,
    failure_count: parse.failureCount,
    last_error_type: parse.lastErrorType,
    last_error: parse.lastError,
    last_error_at: parse.lastErrorAt?.toISOString() ?? null,
    task: taskOf(tasks.find(({ name }) => name === 'content.parse')),
  };
}

function explainPlan({ plan, subject, tasks }: ExplainRows): Explanation['plan'] {
  return {
    last_at: plan.at?.toISOString() ?? null,
    changed_since: plan.before !== null && !isSame(plan.before, subject),
    task: taskOf(tasks.find(({ name }) => name === 'delivery.plan')),
  };
}

function isSame(before: RuleFacts, now: RuleFacts): boolean {
  return (Object.keys(before) as (keyof RuleFacts)[]).every((fact) => isDeepStrictEqual(before[fact], now[fact]));
}

/** What it said stands beside what it would say: a rule may have changed since, or be newer than the plan. */
function explainRule(rule: ExplainRows['rules'][number], rows: ExplainRows): Explanation['rules'][number] {
  const { decisions, subject } = rows;
  const own = decisions.filter(({ ruleId }) => ruleId === rule.id);
  const [first] = own;
  return {
    rule_id: rule.id,
    name: rule.name,
    enabled: rule.enabled,
    version: rule.version,
    decided: first
      ? {
          at: first.decidedAt.toISOString(),
          version: first.ruleVersion,
          matched: first.matched,
          reason: first.reason,
          targets: own.flatMap(({ targetId, targetKey, reason }) =>
            targetId === null || targetKey === null ? [] : [{ target_id: targetId, target_key: targetKey, reason }],
          ),
        }
      : null,
    now: rule.enabled && !rule.deleted ? matchRule(rule, subject) : null,
    will: outlookOf(rule, rows),
  };
}
