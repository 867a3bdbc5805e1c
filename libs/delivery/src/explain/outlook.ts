import type { Explanation } from '@vaultstream/contracts';
import { matchRule, targetsFor, type ExplainRows } from '@vaultstream/store';

type Outlook = Explanation['rules'][number]['will'][number];
type Rule = ExplainRows['rules'][number];

/** Whether the rules are going to be asked (again) without anybody doing anything: the content settles, or its plan waits. */
export function isPlanDue({ parse, tasks }: ExplainRows): boolean {
  if (parse.status === 'FAILED') return false;
  const settles = parse.status !== 'PULLED' || parse.archiveStatus === 'pending';
  return settles || tasks.some(({ name }) => name === 'delivery.plan');
}

/** What will come of a rule for this content, target by target. */
export function outlookOf(rule: Rule, rows: ExplainRows): Outlook[] {
  const { subject } = rows;
  const verdict = matchRule(rule, subject);
  const whole = (outcome: Outlook['outcome'], detail: string): Outlook[] => [
    { target_id: null, target_key: null, outcome, detail },
  ];
  const words = verdict.matched ? 'it would match' : `it would not match (${verdict.reason})`;
  if (rule.deleted) return whole('nothing', 'It is deleted: it decides nothing any more.');
  if (!rule.enabled) return whole('nothing', `It is disabled: it decides nothing. Enabled, ${words}.`);
  if (!verdict.matched) return whole('nothing', `It does not match: ${verdict.reason}.`);
  const targets = targetsFor(rule, subject);
  if (targets.length === 0) return whole('nothing', 'It matches, and has no target to send to.');
  return targets.map(({ id }) => ({
    target_id: id,
    target_key: rows.targetKeys.get(id) ?? null,
    ...outcomeAt(rule, id, rows),
  }));
}

function outcomeAt(rule: Rule, targetId: string, rows: ExplainRows): Pick<Outlook, 'outcome' | 'detail'> {
  const row = rows.deliveries.find((delivery) => delivery.targetId === targetId && !delivery.beginsAnew);
  if (row) {
    const by = row.ruleId === rule.id ? 'this rule' : row.ruleId === null ? 'a person or a bot' : 'another rule';
    return { outcome: 'in_ledger', detail: `There is a row by ${by}, ${row.state}: nothing is sent there twice.` };
  }
  const { plan } = rows;
  const isOccasion = plan.before === null || !reaches(rule, targetId, plan.before);
  if (isPlanDue(rows) && isOccasion)
    return {
      outcome: 'will_be_planned',
      detail: 'It is entered into the ledger when the rules are asked: see waits_for.',
    };
  if (plan.at === null)
    return { outcome: 'nothing', detail: 'The rules have not been asked, and no task waits that would ask them.' };
  const detail = `It matches, but was made or changed after the rules were asked: rules do not look back. POST /deliveries sends it.`;
  return { outcome: 'not_retroactive', detail };
}

function reaches(rule: Rule, targetId: string, before: NonNullable<ExplainRows['plan']['before']>): boolean {
  return matchRule(rule, before).matched && targetsFor(rule, before).some(({ id }) => id === targetId);
}
