import type { DeclaredSetting } from './declared-settings.ts';

/** Where a value comes from, the strongest first. */
export type SettingSource = 'database' | 'environment' | 'default';

/** A value as it holds, and where it was found. */
export interface ResolvedSetting {
  value: unknown;
  source: SettingSource;
  /** Sources whose value the schema refuses, such as one that an older release had accepted. They are passed over. */
  refused: SettingSource[];
}

/** What the sources say; undefined: nothing. */
export type SettingCandidates = Readonly<Partial<Record<Exclude<SettingSource, 'default'>, unknown>>>;

/** The value that holds: the row of the database, else the environment, else the default of the schema. */
export function resolveSetting({ schema }: DeclaredSetting, candidates: SettingCandidates): ResolvedSetting {
  const refused: SettingSource[] = [];
  for (const source of ['database', 'environment'] as const) {
    if (candidates[source] === undefined) continue;
    const result = schema.safeParse(candidates[source]);
    if (result.success) return { value: result.data, source, refused };
    refused.push(source);
  }
  return { value: schema.safeParse(undefined).data, source: 'default', refused };
}
