import { Global, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { UnitOfWork } from '@vaultstream/contracts';
import { Database, type DatabaseOptions } from './database/database.ts';
import { Events } from './events/events.ts';
import { SecretBox } from './secrets/secret-box.ts';
import { EventPartitions } from './upkeep/event-partitions.ts';
import { Retention } from './upkeep/retention.ts';

export interface StoreOptions extends DatabaseOptions {
  /** 32 bytes each, the newest first: see SecretBox. */
  secretsKeys: Buffer[];
}

/** Repositories: each is made from the database (and, where it keeps secrets, the secret box). One line each. */
const repositories: FactoryProvider[] = [
  { provide: Events, inject: [Database], useFactory: (db: Database) => new Events(db) },
  { provide: EventPartitions, inject: [Database], useFactory: (db: Database) => new EventPartitions(db) },
  { provide: Retention, inject: [Database], useFactory: (db: Database) => new Retention(db) },
];

/** Postgres for the whole process: `Database`, the ports that it implements, and one repository per aggregate. */
@Global()
@Module({})
export class StoreModule {
  static forRoot(options: StoreOptions): DynamicModule {
    const providers = [
      { provide: Database, useFactory: () => new Database(options) },
      { provide: UnitOfWork, useExisting: Database },
      { provide: SecretBox, useFactory: () => new SecretBox(options.secretsKeys) },
      ...repositories,
    ];
    return { module: StoreModule, providers, exports: providers };
  }
}
