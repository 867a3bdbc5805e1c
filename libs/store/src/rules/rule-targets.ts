import { InvalidInput, type RulePatch, type Tx } from '@vaultstream/contracts';
import { openTx } from '../database/tx.ts';
import { externalKind } from '../targets/target-record.ts';

const lists = ['target_ids', 'nsfw_target_ids'] as const;
type List = (typeof lists)[number];

interface Issue {
  path: string;
  message: string;
}

/**
 * Replaces those lists of a rule's targets that are given; the first mention of one counts. The targets are locked, so that none is deleted
 * meanwhile.
 * @throws InvalidInput for what is no target of rules, or would stand in both lists.
 */
export async function setTargets(tx: Tx, ruleId: string, change: Pick<RulePatch, List>): Promise<void> {
  const given = lists.flatMap((list) => change[list] ?? []);
  if (lists.every((list) => change[list] === undefined)) return;
  const client = openTx(tx);
  const known = await client.$queryRaw<{ id: string; kind: string }[]>`
    SELECT id::text, kind FROM targets WHERE id = ANY(${given}::uuid[]) AND deleted_at IS NULL ORDER BY id FOR SHARE`;
  const kinds = new Map(known.map((target) => [target.id, target.kind]));
  const before = await client.ruleTarget.findMany({ where: { ruleId }, orderBy: { position: 'asc' } });
  const standing = (isNsfw: boolean) => before.filter((row) => row.isNsfw === isNsfw).map((row) => row.targetId);
  const after = {
    target_ids: unique(change.target_ids ?? standing(false)),
    nsfw_target_ids: unique(change.nsfw_target_ids ?? standing(true)),
  };
  const issues = [...lists.flatMap((list) => unfit(list, change[list] ?? [], kinds)), ...doubled(change, after)];
  if (issues[0]) throw new InvalidInput(`${issues[0].path}: ${issues[0].message}`, issues);
  await client.ruleTarget.deleteMany({ where: { ruleId } });
  const rows = (list: List, isNsfw: boolean) =>
    after[list].map((targetId, position) => ({ ruleId, targetId, position, isNsfw }));
  await client.ruleTarget.createMany({ data: [...rows('target_ids', false), ...rows('nsfw_target_ids', true)] });
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids.map((id) => id.toLowerCase()))];

function unfit(list: List, ids: readonly string[], kinds: ReadonlyMap<string, string>): Issue[] {
  return ids.flatMap((id, index) => {
    const path = `body.${list}.${index}`;
    const kind = kinds.get(id.toLowerCase());
    if (kind === undefined) return [{ path, message: 'is not a known target' }];
    return kind === externalKind ? [{ path, message: 'is an external target: bots feed it, rules cannot' }] : [];
  });
}

/** A target that is in both lists, at the place where the change names it. */
function doubled(change: Pick<RulePatch, List>, after: Record<List, string[]>): Issue[] {
  const list: List = change.nsfw_target_ids === undefined ? 'target_ids' : 'nsfw_target_ids';
  const other: List = list === 'target_ids' ? 'nsfw_target_ids' : 'target_ids';
  return (change[list] ?? []).flatMap((id, index) =>
    after[other].includes(id.toLowerCase())
      ? [{ path: `body.${list}.${index}`, message: `is one of ${other} too: contents of both kinds would go there` }]
      : [],
  );
}
