export { recordDecisions, type RuleDecisionFacts } from './rule-decisions.ts';
export { toRuleView, type RuleRecord, type RuleTargetFacts } from './rule-record.ts';
export { Rules } from './rules.ts';
