import { Global, Module, type DynamicModule, type OnModuleInit, type Provider } from '@nestjs/common';
import {
  IdempotencyStore,
  ScheduleStore,
  SharedBuckets,
  TaskLog,
  TaskStore,
  TokenVerifier,
  UnitOfWork,
} from '@vaultstream/contracts';
import { HealthRegistry, LOGGER, Metrics, Shutdown, type Logger } from '@vaultstream/runtime';
import { Blobs } from './blobs/blobs.ts';
import { ScrubLog } from './blobs/scrub-log.ts';
import { BotFiles } from './bots/bot-files.ts';
import { Bots } from './bots/bots.ts';
import { ContentReads } from './contents/content-reads.ts';
import { Contents } from './contents/contents.ts';
import { Database, type DatabaseOptions } from './database/database.ts';
import { StatementTimes } from './database/watch-statements.ts';
import { Deliveries } from './deliveries/deliveries.ts';
import { EventFeed } from './events/event-feed.ts';
import { Events } from './events/events.ts';
import { ExplainReads } from './explain/explain-reads.ts';
import { FeedPolls } from './feeds/feed-polls.ts';
import { Feeds } from './feeds/feeds.ts';
import { PostgresIdempotency } from './idempotency/idempotency.ts';
import { Imports } from './imports/imports.ts';
import { PostgresBuckets } from './limits/postgres-buckets.ts';
import { MediaItems } from './media/media-items.ts';
import { PlatformHealth } from './platform-health/platform-health.ts';
import { Renditions } from './renditions/renditions.ts';
import { Rules } from './rules/rules.ts';
import { Resealing } from './secrets/resealing.ts';
import { SecretBox } from './secrets/secret-box.ts';
import { SecretsHealth } from './secrets/secrets-health.ts';
import { Settings } from './settings/settings.ts';
import { DatabaseReads } from './stats/database-reads.ts';
import { OperationReads } from './stats/operation-reads.ts';
import { StatsReads } from './stats/stats-reads.ts';
import { DeadLetters } from './tasks/dead-letters.ts';
import { PostgresSchedules } from './tasks/schedules.ts';
import { PostgresTaskLog } from './tasks/task-log.ts';
import { PostgresTaskStore } from './tasks/task-store.ts';
import { Targets } from './targets/targets.ts';
import { Tokens } from './tokens/tokens.ts';
import { EventPartitions } from './upkeep/event-partitions.ts';
import { Retention } from './upkeep/retention.ts';
import { SearchTexts } from './upkeep/search-texts.ts';

export interface StoreOptions extends DatabaseOptions {
  /** 32 bytes each, the newest first: see SecretBox. */
  secretsKeys: Buffer[];
}

/** Repositories: each is made from the database (and, where it keeps secrets, the secret box). One line each. */
const repositories: Provider[] = [
  { provide: Events, inject: [Database], useFactory: (db: Database) => new Events(db) },
  { provide: EventFeed, inject: [Database], useFactory: (db: Database) => new EventFeed(db) },
  { provide: ExplainReads, inject: [Database], useFactory: (db: Database) => new ExplainReads(db) },
  { provide: DatabaseReads, inject: [Database], useFactory: (db: Database) => new DatabaseReads(db) },
  { provide: OperationReads, inject: [Database], useFactory: (db: Database) => new OperationReads(db) },
  { provide: StatsReads, inject: [Database], useFactory: (db: Database) => new StatsReads(db) },
  { provide: Feeds, inject: [Database, TaskLog], useFactory: (db: Database, log: TaskLog) => new Feeds(db, log) },
  { provide: FeedPolls, inject: [TaskLog], useFactory: (log: TaskLog) => new FeedPolls(log) },
  { provide: TaskLog, useFactory: () => new PostgresTaskLog() },
  { provide: TaskStore, inject: [Database], useFactory: (db: Database) => new PostgresTaskStore(db) },
  { provide: ScheduleStore, inject: [Database], useFactory: (db: Database) => new PostgresSchedules(db) },
  { provide: SharedBuckets, inject: [Database], useFactory: (db: Database) => new PostgresBuckets(db) },
  { provide: DeadLetters, inject: [Database], useFactory: (db: Database) => new DeadLetters(db) },
  { provide: ScrubLog, inject: [Database], useFactory: (db: Database) => new ScrubLog(db) },
  { provide: Blobs, inject: [Database], useFactory: (db: Database) => new Blobs(db) },
  {
    provide: MediaItems,
    inject: [Database, TaskLog],
    useFactory: (db: Database, log: TaskLog) => new MediaItems(db, log),
  },
  {
    provide: Targets,
    inject: [Database, SecretBox],
    useFactory: (db: Database, box: SecretBox) => new Targets(db, box),
  },
  {
    provide: Settings,
    inject: [Database, SecretBox],
    useFactory: (db: Database, box: SecretBox) => new Settings(db, box),
  },
  { provide: PlatformHealth, inject: [Database], useFactory: (db: Database) => new PlatformHealth(db) },
  { provide: Renditions, inject: [Database], useFactory: (db: Database) => new Renditions(db) },
  { provide: Bots, inject: [Database, SecretBox], useFactory: (db: Database, box: SecretBox) => new Bots(db, box) },
  { provide: BotFiles, inject: [Database], useFactory: (db: Database) => new BotFiles(db) },
  { provide: Rules, inject: [Database], useFactory: (db: Database) => new Rules(db) },
  { provide: Deliveries, inject: [Database], useFactory: (db: Database) => new Deliveries(db) },
  {
    provide: Contents,
    inject: [Database, TaskLog],
    useFactory: (db: Database, log: TaskLog) => new Contents(db, log),
  },
  { provide: ContentReads, inject: [Database], useFactory: (db: Database) => new ContentReads(db) },
  { provide: Tokens, inject: [Database], useFactory: (db: Database) => new Tokens(db) },
  { provide: TokenVerifier, useExisting: Tokens },
  {
    provide: IdempotencyStore,
    inject: [Database, SecretBox],
    useFactory: (db: Database, box: SecretBox) => new PostgresIdempotency(db, box),
  },
  {
    provide: Imports,
    inject: [Database, TaskLog, Targets, Bots, SecretBox],
    useFactory: (...parts: ConstructorParameters<typeof Imports>) => new Imports(...parts),
  },
  {
    provide: Resealing,
    inject: [Database, SecretBox],
    useFactory: (db: Database, box: SecretBox) => new Resealing(db, box),
  },
  { provide: EventPartitions, inject: [Database], useFactory: (db: Database) => new EventPartitions(db) },
  { provide: Retention, inject: [Database], useFactory: (db: Database) => new Retention(db) },
  { provide: SearchTexts, inject: [Database], useFactory: (db: Database) => new SearchTexts(db) },
];

/** Postgres for the whole process: `Database`, the ports that it implements, and one repository per aggregate. */
@Global()
@Module({})
export class StoreModule implements OnModuleInit {
  constructor(
    private readonly db: Database,
    private readonly secrets: SecretBox,
    private readonly health: HealthRegistry,
    private readonly shutdown: Shutdown,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.register({
      component: 'database',
      check: async () => {
        await this.db.ping();
        return { status: 'ok' };
      },
    });
    this.health.register(new SecretsHealth(this.db, this.secrets));
    this.shutdown.register('store', 'database pool', () => this.db.close());
    const connections = this.metrics.gauge('vaultstream_db_pool_connections');
    this.metrics.onCollect('database pool', () => {
      for (const [state, count] of Object.entries(this.db.connections)) connections.set({ state }, count);
    });
  }

  static forRoot(options: StoreOptions): DynamicModule {
    const providers = [
      {
        provide: Database,
        inject: [Metrics, LOGGER],
        useFactory: (metrics: Metrics, logger: Logger) =>
          new Database({ ...options, onStatement: new StatementTimes(metrics, logger).record }),
      },
      { provide: UnitOfWork, useExisting: Database },
      { provide: SecretBox, useFactory: () => new SecretBox(options.secretsKeys) },
      ...repositories,
    ];
    return { module: StoreModule, providers, exports: providers };
  }
}
