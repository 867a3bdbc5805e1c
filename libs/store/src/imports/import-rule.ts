import type { Tx } from '@vaultstream/contracts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { externalKind } from '../targets/target-record.ts';
import type { ImportedRule } from './imported.ts';

/** imported, with the keys of targets that it could not get; known: imported before; taken: another rule has the name. */
export type RuleOutcome = { outcome: 'imported'; missing: string[] } | { outcome: 'known' | 'taken' };

/** Keeps a rule, disabled: whoever enables it has seen it first. A rule that was deleted here stays deleted. */
export async function importRule(tx: Tx, { id, rule, targetKeys }: ImportedRule): Promise<RuleOutcome> {
  const client = openTx(tx);
  if (await client.rule.findUnique({ where: { id }, select: { id: true } })) return { outcome: 'known' };
  const [written] = await client.$queryRaw<unknown[]>`
    INSERT INTO rules (id, name, enabled, priority, match, nsfw_policy, approval)
    VALUES (${id}::uuid, ${rule.name}, false, ${rule.priority}, ${JSON.stringify(toJson(rule.match))}::jsonb, ${rule.nsfw_policy},
            ${rule.approval})
    ON CONFLICT (name) WHERE deleted_at IS NULL DO NOTHING RETURNING 1`;
  if (!written) return { outcome: 'taken' };
  const targets = await client.target.findMany({
    where: { key: { in: targetKeys }, deletedAt: null, kind: { not: externalKind } },
    select: { id: true, key: true },
  });
  await client.ruleTarget.createMany({
    data: targets.map((target, position) => ({ ruleId: id, targetId: target.id, position })),
  });
  await Events.append(tx, [{ type: 'rule.created', payload: { rule_id: id, name: rule.name, source: 'import' } }]);
  const found = new Set(targets.map(({ key }) => key));
  return { outcome: 'imported', missing: targetKeys.filter((key) => !found.has(key)) };
}
