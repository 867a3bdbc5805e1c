import type { z } from 'zod';
import type { Platform } from '../platform.ts';
import { platforms } from '../registry.ts';
import { settingFacts, type SettingFacts } from './setting-facts.ts';

/** A setting that some part of the product reads. */
export interface DeclaredSetting extends SettingFacts {
  /** `platform.<id>.<name>` for those of platforms. */
  key: string;
  /** Checks a value; its answer for `undefined` is the default. */
  schema: z.ZodType;
}

/** The settings of one platform by the names that its schema gives them. */
export function settingsOf({ id, settings }: Platform): ReadonlyMap<string, DeclaredSetting> {
  return new Map(
    Object.entries(settings.shape).map(([name, schema]) => {
      const facts = settingFacts.get(schema) ?? { description: name, secret: true };
      return [name, { ...facts, key: `platform.${id}.${name}`, schema }];
    }),
  );
}

/** All settings of all platforms: the registry is the enumeration. */
export const platformSettings: readonly DeclaredSetting[] = platforms.flatMap((platform) => [
  ...settingsOf(platform).values(),
]);
