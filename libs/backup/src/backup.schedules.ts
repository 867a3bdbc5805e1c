import type { ScheduleDefinition } from '@vaultstream/contracts';
import type { Env } from '@vaultstream/runtime';

const dayS = 86_400;

/** Whether this process makes nightly backups. @param embedded The database is our own. */
export const isNightly = ({ backup }: Pick<Env, 'backup'>, embedded: boolean): boolean =>
  backup.nightly === 'true' || (backup.nightly === 'auto' && embedded);

/**
 * The nightly backup, where there is one.
 * @param now In the zone of this machine: when its clocks are changed, the next start moves the hour with them.
 */
export function backupSchedules(env: Pick<Env, 'backup'>, embedded: boolean, now = new Date()): ScheduleDefinition[] {
  if (!isNightly(env, embedded)) return [];
  const utcS = (env.backup.atMinutes + now.getTimezoneOffset()) * 60;
  return [{ name: 'backup.nightly', task: 'backup.run', payload: {}, everyS: dayS, offsetS: (utcS + dayS) % dayS }];
}
