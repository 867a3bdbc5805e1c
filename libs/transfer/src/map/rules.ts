import { ruleRequestSchema, type RuleRequest } from '@vaultstream/contracts';
import type { OldRow } from '@vaultstream/store';
import { array, flag, json, object, text } from './values.ts';

const known = new Set(['platform', 'platforms', 'tags', 'tags_match_mode', 'tags_exclude', 'is_nsfw']);
const nsfw: Record<string, RuleRequest['nsfw_policy']> = {
  block: 'block',
  allow: 'allow',
  separate_channel: 'separate',
};

/** Maps a distribution rule, disabled; or says what about it is not clear. */
export function mapRule(row: OldRow): { rule: RuleRequest } | { unclear: string } {
  const conditions = json(row['match_conditions'] ?? null) ?? {};
  const match = object(conditions);
  const strange = Object.entries(match).filter(([name, value]) => !known.has(name) && !isEmpty(value));
  if (strange.length > 0) return { unclear: `unknown condition ${strange.map(([name]) => name).join(', ')}` };
  const words = (value: unknown): string[] =>
    (typeof value === 'string' ? [value] : array(value)).filter((word): word is string => typeof word === 'string');
  const platforms = [...words(match['platform']), ...words(match['platforms'])].map((id) => id.toLowerCase());
  const tags = words(match['tags']);
  const policy = nsfw[(text(row['nsfw_policy'], 50) ?? 'block').toLowerCase()];
  if (policy === undefined) return { unclear: 'unknown nsfw_policy' };
  const parsed = ruleRequestSchema.safeParse({
    name: text(row['name'], 200)?.replaceAll('\u0000', '') ?? '',
    enabled: false,
    priority: Math.max(-1_000, Math.min(1_000, Math.trunc(Number(row['priority'] ?? 0)) || 0)),
    match: {
      ...(platforms.length > 0 ? { platforms: platforms.map((id) => (id === 'universal' ? 'web' : id)) } : {}),
      ...(tags.length > 0 ? { [match['tags_match_mode'] === 'all' ? 'tags_all' : 'tags_any']: tags } : {}),
      ...(isEmpty(match['tags_exclude']) ? {} : { tags_none: words(match['tags_exclude']) }),
      ...(typeof match['is_nsfw'] === 'boolean' ? { is_nsfw: match['is_nsfw'] } : {}),
    },
    nsfw_policy: policy,
    approval: flag(row['approval_required']) ? 'required' : 'auto',
    target_ids: [],
  });
  if (parsed.success) return { rule: parsed.data };
  const [issue] = parsed.error.issues;
  return { unclear: `${issue?.path.join('.')}: ${issue?.message}` };
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
