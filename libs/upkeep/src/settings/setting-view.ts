import type { SettingView } from '@vaultstream/contracts';
import { resolveSetting, type DeclaredSetting } from '@vaultstream/platforms';
import type { SettingRecord } from '@vaultstream/store';

/** A setting as it holds, with what the database and the environment say of it. Secrets stay closed. */
export function toSettingView(
  declared: DeclaredSetting,
  row: SettingRecord | undefined,
  environment: string | undefined,
): SettingView {
  const { key, description } = declared;
  // What was sealed once is not opened for a look, even if a later release no longer calls it a secret.
  if (declared.secret || row?.secret) {
    const source = row ? 'database' : environment === undefined ? 'default' : 'environment';
    return { key, description, secret: true, configured: source !== 'default', source, updated_at: since(row) };
  }
  const { value, source } = resolveSetting(declared, { database: row?.value, environment });
  const configured = source !== 'default';
  const shown = (value ?? null) as SettingView['value'];
  return { key, description, secret: false, configured, source, value: shown, updated_at: since(row) };
}

/** A row that nothing declares: left by another release. It can be removed, and nothing reads it. */
export function toOrphanView({ key, secret, updatedAt }: SettingRecord): SettingView {
  const description = 'Not known to this release.';
  return { key, description, secret, configured: true, source: 'database', updated_at: updatedAt.toISOString() };
}

function since(row: SettingRecord | undefined): string | null {
  return row?.updatedAt.toISOString() ?? null;
}
