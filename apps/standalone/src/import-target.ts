import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BlobsModule, BlobStore } from '@vaultstream/blobs';
import { UnitOfWork } from '@vaultstream/contracts';
import { NestLogger, RuntimeModule, Shutdown, type Env, type Logger } from '@vaultstream/runtime';
import { Blobs, checkSecretsKey, deployMigrations, Imports, StoreModule } from '@vaultstream/store';
import { migrateBroker } from '@vaultstream/tasks';
import { DataDirLock } from '@vaultstream/store/embedded';
import type { ImportTarget } from '@vaultstream/transfer';
import { startEmbeddedParts } from './embedded-parts.ts';
import { ensurePartitions } from './ensure-partitions.ts';

/** The installation that an import writes to, without its workers and its API. */
@Module({})
class ImportModule {
  static forRoot(env: Env, databaseUrl: string, secretsKeys: Buffer[], logger: Logger): DynamicModule {
    return {
      module: ImportModule,
      imports: [
        RuntimeModule.forRoot({ service: 'import', env, logger }),
        StoreModule.forRoot({ url: databaseUrl, secretsKeys }),
        BlobsModule.forRoot(env),
      ],
    };
  }
}

/** An open target; null where a dry run finds no installation to look at. */
export interface OpenTarget {
  target: ImportTarget | null;
  close(): Promise<void>;
}

/**
 * Opens this installation as `npm start` would: its lock, its Postgres, its migrations. A dry run brings nothing up to date.
 * @throws Conflict when the instance runs; InfrastructureError and others with one clear line.
 */
export async function openImportTarget(env: Env, logger: Logger, dryRun: boolean): Promise<OpenTarget> {
  // Every embedded installation has this file: a dry run must not make a new one.
  const exists = env.databaseUrl !== undefined || existsSync(join(env.dataDir, 'postgres-password'));
  if (dryRun && !exists) return { target: null, close: async () => undefined };
  const lock = await DataDirLock.acquire(env.dataDir);
  const parts = await startEmbeddedParts(env, lock, logger, () => process.exit(1));
  try {
    const { databaseUrl, secretsKeys } = parts.env;
    if (databaseUrl === undefined || secretsKeys.length === 0)
      throw new Error('DATABASE_URL and SECRETS_KEY are needed');
    if (!dryRun) {
      await deployMigrations(databaseUrl, logger, [migrateBroker]);
      await checkSecretsKey(databaseUrl, { keys: secretsKeys, lost: env.secretsKeyLost, logger });
    }
    const app = await NestFactory.createApplicationContext(
      ImportModule.forRoot(parts.env, databaseUrl, secretsKeys, logger),
      { logger: new NestLogger(logger), abortOnError: false },
    );
    app.get(Shutdown).register('children', 'embedded parts', () => parts.stop(), 30_000);
    const imports = app.get(Imports);
    const usable = !dryRun || (await imports.hasTables());
    if (!dryRun) await ensurePartitions(app, logger);
    const target = { work: app.get(UnitOfWork), imports, blobs: app.get(Blobs), store: app.get(BlobStore) };
    return { target: usable ? target : null, close: () => app.close() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
