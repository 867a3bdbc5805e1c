import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { LOGGER, Metrics, Shutdown, type Logger } from '@vaultstream/runtime';
import { Database, LeaderLock } from '@vaultstream/store';
import { DatabaseGauges } from './database-gauges.ts';
import { OperationGauges } from './operation-gauges.ts';

const OPTIONS = Symbol('GaugesOptions');

interface GaugesOptions {
  /** Modules of other rooms that tell gauges of the database, too. */
  imports: NonNullable<DynamicModule['imports']>;
  /** True: no other process has this database, so nobody is elected. */
  alone?: boolean;
}

/**
 * Makes a process one that may be elected to tell the gauges of the database. All that may be must have the same `imports`.
 * Needs RuntimeModule and StoreModule, which are global.
 */
@Module({ providers: [OperationGauges, DatabaseGauges] })
export class GaugesModule implements OnModuleInit {
  constructor(
    @Inject(OPTIONS) private readonly options: GaugesOptions,
    private readonly db: Database,
    private readonly metrics: Metrics,
    private readonly shutdown: Shutdown,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  static forRoot(options: GaugesOptions): DynamicModule {
    return {
      module: GaugesModule,
      imports: options.imports,
      providers: [{ provide: OPTIONS, useValue: options }],
    };
  }

  onModuleInit(): void {
    if (this.options.alone === true) {
      this.metrics.runForElection({ holds: async () => true });
      return;
    }
    const lock = new LeaderLock(this.db.options.url, 'metrics', this.logger);
    this.metrics.runForElection(lock);
    // First of all that ends, so that another process is elected while this one still finishes its work.
    this.shutdown.register('intake', 'election', () => lock.stop());
    lock.start();
  }
}
