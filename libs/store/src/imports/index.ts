export type * from './imported.ts';
export { Imports } from './imports.ts';
export type { RuleOutcome } from './import-rule.ts';
export type { OldDatabase, OldRow, OldValue } from './old-database.ts';
export { OldPostgres } from './old-postgres.ts';
