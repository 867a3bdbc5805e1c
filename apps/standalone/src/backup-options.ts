import { parseArgs } from 'node:util';
import { InvalidInput } from '@vaultstream/contracts';

/** What the command line of a backup says. */
export interface BackupArguments {
  /** Folder of backups, where it is not BACKUP_DIR. */
  to: string | undefined;
  recheck: boolean;
  /** A backup to read instead of making one. */
  verify: string | undefined;
}

/** What the command line of a restore says. */
export interface RestoreArguments {
  /** Undefined only with `finish`. */
  from: string | undefined;
  replace: boolean;
  nothingSentSince: boolean;
  finish: boolean;
}

/** Reads the command line of `npm run backup`. @throws InvalidInput */
export function readBackupArguments(args: string[]): BackupArguments {
  const values = read(
    args,
    {
      to: { type: 'string' },
      recheck: { type: 'boolean' },
      verify: { type: 'string' },
    } as const,
    'backup',
  );
  return { to: values.to, recheck: values.recheck ?? false, verify: values.verify };
}

/** Reads the command line of `npm run restore`. @throws InvalidInput */
export function readRestoreArguments(args: string[]): RestoreArguments {
  const values = read(
    args,
    {
      from: { type: 'string' },
      replace: { type: 'boolean' },
      'nothing-sent-since': { type: 'boolean' },
      finish: { type: 'boolean' },
    } as const,
    'restore',
  );
  const finish = values.finish ?? false;
  if (finish === (values.from !== undefined))
    throw new InvalidInput('say --from <backup>, or --finish: npm run restore -- --help', [
      { path: 'from', message: finish ? 'does not go with --finish' : 'is missing' },
    ]);
  return {
    from: values.from,
    replace: values.replace ?? false,
    nothingSentSince: values['nothing-sent-since'] ?? false,
    finish,
  };
}

function read<const T extends NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>>(
  args: string[],
  options: T,
  command: string,
) {
  try {
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new InvalidInput(`${message}: npm run ${command} -- --help`, []);
  }
}
