export { forecastRule, type RuleForecast } from './forecast-rule.ts';
export { matchRule, targetsFor, type RuleVerdict } from './match-rule.ts';
export { recordDecisions, type RuleDecisionFacts } from './rule-decisions.ts';
export type { RuleFacts } from './rule-facts.ts';
export { toRuleView, type RuleRecord, type RuleTargetFacts } from './rule-record.ts';
export { Rules } from './rules.ts';
