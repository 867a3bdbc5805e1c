import type { NsfwPolicy, RuleMatch, RuleView } from '@vaultstream/contracts';

/** A target of a rule, as deciding needs it. */
export interface RuleTargetFacts {
  id: string;
  enabled: boolean;
}

/** A rule with its living targets, in the order that they were given. */
export interface RuleRecord {
  id: string;
  name: string;
  enabled: boolean;
  priority: number;
  match: RuleMatch;
  nsfwPolicy: NsfwPolicy;
  approval: 'auto' | 'required';
  version: number;
  targets: RuleTargetFacts[];
  /** Where NSFW contents go under the policy `separate`. */
  nsfwTargets: RuleTargetFacts[];
  createdAt: Date;
  updatedAt: Date;
}

/** What Prisma has to load for `toRuleRecord`. */
export const ruleInclude = {
  targets: {
    where: { target: { deletedAt: null } },
    orderBy: [{ position: 'asc' as const }, { targetId: 'asc' as const }],
    include: { target: { select: { id: true, enabled: true } } },
  },
};

type RuleRow = Omit<RuleRecord, 'match' | 'nsfwPolicy' | 'approval' | 'targets' | 'nsfwTargets'> & {
  match: unknown;
  nsfwPolicy: string;
  approval: string;
  targets: { isNsfw: boolean; target: RuleTargetFacts }[];
};

/** Row to record. The columns were validated when they were written and are guarded by CHECKs. */
export function toRuleRecord(row: RuleRow): RuleRecord {
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    priority: row.priority,
    match: row.match as RuleMatch,
    nsfwPolicy: row.nsfwPolicy as NsfwPolicy,
    approval: row.approval as 'auto' | 'required',
    version: row.version,
    targets: row.targets.filter((link) => !link.isNsfw).map((link) => link.target),
    nsfwTargets: row.targets.filter((link) => link.isNsfw).map((link) => link.target),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

/** Record to the answer of the API. */
export function toRuleView(rule: RuleRecord): RuleView {
  return {
    id: rule.id,
    name: rule.name,
    enabled: rule.enabled,
    priority: rule.priority,
    match: rule.match,
    nsfw_policy: rule.nsfwPolicy,
    approval: rule.approval,
    target_ids: rule.targets.map((target) => target.id),
    nsfw_target_ids: rule.nsfwTargets.map((target) => target.id),
    version: rule.version,
    created_at: rule.createdAt.toISOString(),
    updated_at: rule.updatedAt.toISOString(),
  };
}
