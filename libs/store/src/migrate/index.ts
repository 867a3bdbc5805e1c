export { createDatabase, databaseUrl, dropDatabase, withClient } from './databases.ts';
export { deployMigrations, type DeployStep } from './deploy-migrations.ts';
export { prismaDir, readMigrations, type MigrationFile } from './migration-files.ts';
