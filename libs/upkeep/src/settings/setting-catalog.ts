import { platformSettings, type DeclaredSetting } from '@vaultstream/platforms';

/** Every setting there is, by key. Each part of the product declares its own; a further part adds its list here. */
export const settingCatalog: ReadonlyMap<string, DeclaredSetting> = new Map(
  [...platformSettings].map((setting) => [setting.key, setting]),
);
