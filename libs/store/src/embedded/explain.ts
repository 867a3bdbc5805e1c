import { InfrastructureError, isVaultError, type VaultError } from '@vaultstream/contracts';

type Rule = [pattern: RegExp, line: (dataDir: string) => string];

/** What the file system, initdb and postgres say, and what it means to the person who started VaultStream. First match wins. */
const rules: Rule[] = [
  [
    /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/i,
    (dir) => `The disk of the data directory ${dir} is full: make room and start again; nothing is lost.`,
  ],
  [
    /EROFS|Read-only file system/i,
    (dir) => `The data directory ${dir} is on a read-only file system: VaultStream must be able to write there.`,
  ],
  [
    /could not look up effective user ID (\d+)/i,
    () =>
      'The user that runs VaultStream has no entry in /etc/passwd, which Postgres needs: add one, or set DATABASE_URL.',
  ],
  [
    /password authentication failed/i,
    (dir) =>
      `The database in ${dir} does not accept the password in postgres-password: bring the right file back from your backup.`,
  ],
  [
    /has wrong ownership|not owned by|must be started by the server owner/i,
    (dir) =>
      `The database in ${dir} belongs to another user: start VaultStream as that user, or give it the directory (chown -R).`,
  ],
  [
    /database files are incompatible with server/i,
    (dir) =>
      `The database in ${dir} was made by another version of Postgres: move it by npm run backup with the VaultStream that made it, and npm run restore with this one.`,
  ],
  [
    /EACCES|EPERM|Permission denied|Operation not permitted/i,
    (dir) =>
      `The data directory ${dir} cannot be written by this user: change its owner or mode, or set DATA_DIR to another directory.`,
  ],
  [
    // What Node makes of a read-only file system when several folders are missing.
    /ENOENT: .*, mkdir /,
    (dir) =>
      `The data directory ${dir} cannot be made: the file system is read-only or takes no new folders there. Make it, or set DATA_DIR to another directory.`,
  ],
  [/ENOTDIR|EEXIST/, (dir) => `The data directory ${dir} cannot be made: a file stands in its way.`],
];

/**
 * One clear line for what went wrong with the data directory or the embedded Postgres.
 * @param problem An error, or the last lines that initdb or postgres wrote.
 * @returns An InfrastructureError with the original as its cause; errors of the family pass through untouched.
 */
export function explain(problem: unknown, dataDir: string): VaultError {
  if (isVaultError(problem)) return problem;
  const text = problem instanceof Error ? problem.message : String(problem);
  const cause = problem instanceof Error ? problem : new Error(text);
  for (const [pattern, line] of rules) if (pattern.test(text)) return new InfrastructureError(line(dataDir), { cause });
  const last =
    text
      .trim()
      .split('\n')
      .filter((line) => /FATAL|PANIC|error:/i.test(line))
      .at(-1) ?? text.trim().split('\n').at(-1);
  return new InfrastructureError(`The embedded Postgres of ${dataDir} does not start: ${last ?? 'it said nothing'}`, {
    cause,
  });
}
