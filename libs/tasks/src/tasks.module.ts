import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { queueNames, ScheduleStore, TaskStore, UnitOfWork, type QueueName } from '@vaultstream/contracts';
import { Env, HealthRegistry, LOGGER, Metrics, Shutdown, type Logger } from '@vaultstream/runtime';
import { composeNamedHandlers } from './compose-handlers.ts';
import { measureBrokers, measureQueues, queueSize } from './task-health.ts';
import { concurrencyOf, TaskSystem } from './task-system.ts';
import type { HandlerGroupClass, TasksOptions } from './tasks-options.ts';

const OPTIONS = Symbol('TasksOptions');

/**
 * Runs tasks in this process: relay, workers, schedules, the `queue` part of `/health`, metrics and the shutdown.
 * Needs RuntimeModule and StoreModule, which are global, and `migrateBroker` in the deploy step.
 */
@Module({})
export class TasksModule implements OnModuleInit, OnApplicationBootstrap {
  private system: TaskSystem | undefined;

  constructor(
    @Inject(OPTIONS) private readonly options: Omit<TasksOptions, 'groups'> & { groups: HandlerGroupClass[] },
    private readonly modules: ModuleRef,
    private readonly env: Env,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly metrics: Metrics,
    private readonly health: HealthRegistry,
    private readonly shutdown: Shutdown,
    private readonly store: TaskStore,
    private readonly schedules: ScheduleStore,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** A missing or doubled handler does not compile, and does not boot. */
  static forRoot<const Q extends QueueName, const Cs extends readonly HandlerGroupClass[]>(
    options: TasksOptions<Q, Cs>,
  ): DynamicModule {
    return {
      module: TasksModule,
      imports: options.imports ?? [],
      providers: [{ provide: OPTIONS, useValue: options }],
    };
  }

  /** @throws Error that names each task without exactly one handler, and the fix. */
  onModuleInit(): void {
    const { options, env, store, logger, metrics, unitOfWork } = this;
    if (env.databaseUrl === undefined) throw new Error('DATABASE_URL: is needed to run tasks');
    const groups = options.groups.map((group) => {
      const { handlers } = this.modules.get(group, { strict: false });
      return { source: group.name, handlers };
    });
    const system = new TaskSystem({
      databaseUrl: env.databaseUrl,
      queue: env.queue,
      store,
      schedules: options.schedules && { store: this.schedules, rows: options.schedules },
      unitOfWork,
      logger,
      metrics,
      handlers: composeNamedHandlers(options.queues ?? queueNames, groups),
      concurrency: concurrencyOf(options.queues, env.concurrency),
      relay: options.relay ?? true,
      soleOwner: options.soleOwner ?? false,
    });
    this.system = system;
    this.health.register(system.health);
    this.health.registerLiveness(() => system.health.alive);
    this.health.provideQueueSize(() => queueSize(store));
    measureQueues(metrics, store);
    measureBrokers(metrics, system.health);
    const deadlineMs = options.stopDeadlineMs ?? 20_000;
    this.shutdown.register('intake', 'schedules', () => system.stopScheduler());
    this.shutdown.register('relay', 'relay', () => system.stopRelay());
    this.shutdown.register('workers', 'workers', () => system.stopWorkers(deadlineMs), deadlineMs + 10_000);
  }

  onApplicationBootstrap(): void {
    this.system?.start();
  }
}
