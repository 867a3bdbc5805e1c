import type { Tx } from '@vaultstream/contracts';
import { toJson } from '../database/json.ts';
import { openTx } from '../database/tx.ts';
import { Events } from '../events/events.ts';
import { externalKind } from '../targets/target-record.ts';
import type { ImportedRule } from './imported.ts';

/** imported, with the keys of targets that it could not get; known: imported before; taken: another rule has the name. */
export type RuleOutcome = { outcome: 'imported'; missing: string[] } | { outcome: 'known' | 'taken' };

/** Keeps a rule, disabled: whoever enables it has seen it first. A rule that was deleted here stays deleted. */
export async function importRule(tx: Tx, imported: ImportedRule): Promise<RuleOutcome> {
  const { id, rule, targetKeys } = imported;
  const client = openTx(tx);
  if (await client.rule.findUnique({ where: { id }, select: { id: true } })) return { outcome: 'known' };
  const [written] = await client.$queryRaw<unknown[]>`
    INSERT INTO rules (id, name, enabled, priority, match, nsfw_policy, approval)
    VALUES (${id}::uuid, ${rule.name}, false, ${rule.priority}, ${JSON.stringify(toJson(rule.match))}::jsonb, ${rule.nsfw_policy},
            ${rule.approval})
    ON CONFLICT (name) WHERE deleted_at IS NULL DO NOTHING RETURNING 1`;
  if (!written) return { outcome: 'taken' };
  // A chat that would get both kinds gets those that are not NSFW.
  const nsfwKeys =
    rule.nsfw_policy === 'separate' ? imported.nsfwTargetKeys.filter((key) => !targetKeys.includes(key)) : [];
  const targets = await client.target.findMany({
    where: { key: { in: [...targetKeys, ...nsfwKeys] }, deletedAt: null, kind: { not: externalKind } },
    select: { id: true, key: true },
  });
  await client.ruleTarget.createMany({
    data: targets.map((target, position) => {
      const isNsfw = nsfwKeys.includes(target.key);
      return { ruleId: id, targetId: target.id, position, isNsfw };
    }),
  });
  await Events.append(tx, [{ type: 'rule.created', payload: { rule_id: id, name: rule.name, source: 'import' } }]);
  const found = new Set(targets.map(({ key }) => key));
  return { outcome: 'imported', missing: [...targetKeys, ...nsfwKeys].filter((key) => !found.has(key)) };
}
