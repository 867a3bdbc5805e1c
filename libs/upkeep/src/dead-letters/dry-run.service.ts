import { Inject, Injectable, Optional, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import {
  isVaultError,
  RateLimited,
  type DeadLetterDetail,
  type DryRun,
  type DryRunRequest,
  type RehearsalGroup,
  type TaskName,
  type TaskRehearsal,
} from '@vaultstream/contracts';
import { redactText } from '@vaultstream/runtime';
import { DeadLetters } from '@vaultstream/store';
import { checksOf, verdictOf } from './dry-run-checks.ts';

/** Injection token of the classes whose rehearsals an app has. */
export const REHEARSALS = Symbol('REHEARSALS');
export type RehearsalGroupClass = new (...parts: never[]) => RehearsalGroup;

/** Milliseconds that a rehearsal may take: a caller waits for it. */
const timeoutMs = 30_000;
/** Rehearsals at once in a process: each may fetch a page or a picture. */
const atOnce = 4;

/** Says what a replay would come to, and tries its work out where the task can be rehearsed. Nothing is written. */
@Injectable()
export class DryRunService implements OnModuleInit {
  private readonly rehearsals = new Map<string, TaskRehearsal<TaskName>>();
  private running = 0;

  constructor(
    private readonly letters: DeadLetters,
    private readonly modules: ModuleRef,
    @Optional() @Inject(REHEARSALS) private readonly groups: readonly RehearsalGroupClass[] = [],
  ) {}

  onModuleInit(): void {
    for (const group of this.groups)
      for (const [name, rehearsal] of Object.entries(this.modules.get(group, { strict: false }).rehearsals))
        this.rehearsals.set(name, rehearsal);
  }

  /** @throws NotFound; RateLimited when too many are under way. */
  async run(id: string, { rehearse }: DryRunRequest): Promise<DryRun> {
    const letter = await this.letters.get(id);
    const checks = checksOf(letter);
    const verdict = verdictOf(checks);
    const rehearsal = this.rehearsals.get(letter.task);
    const untried = (not_rehearsed: DryRun['not_rehearsed']) => ({ verdict, checks, rehearsal: null, not_rehearsed });
    if (!rehearse) return untried('not_asked');
    // What is closed or waits already may still be asked whether it would succeed.
    if (verdict === 'refused' || verdict === 'idle') return untried('would_not_run');
    if (rehearsal === undefined) return untried('no_rehearsal');
    return { verdict, checks, rehearsal: await this.rehearse(rehearsal, letter), not_rehearsed: null };
  }

  private async rehearse(
    rehearsal: TaskRehearsal<TaskName>,
    { payload }: DeadLetterDetail,
  ): Promise<NonNullable<DryRun['rehearsal']>> {
    if (this.running >= atOnce)
      throw new RateLimited('other dry runs are under way in this process', { retryAfterMs: 5_000 });
    this.running++;
    const startedAt = performance.now();
    const tookMs = () => Math.round(performance.now() - startedAt);
    try {
      // The detail's payload has been parsed by the catalog.
      const found = await rehearsal.rehearse(payload as never, AbortSignal.timeout(timeoutMs));
      return { ...found, error_type: null, retryable: null, took_ms: tookMs() };
    } catch (error) {
      return { ...failureOf(error), took_ms: tookMs() };
    } finally {
      this.running--;
    }
  }
}

/** What the queue would make of the error. */
function failureOf(error: unknown): Omit<NonNullable<DryRun['rehearsal']>, 'took_ms'> {
  const known = isVaultError(error) ? error : undefined;
  const disposition = known?.disposition ?? 'retry';
  const waits = disposition === 'later' || disposition === 'infrastructure';
  return {
    outcome: waits ? 'waits' : 'fails',
    summary: redactText(error instanceof Error ? error.message : String(error)),
    facts: {},
    error_type: known?.name ?? (error instanceof Error ? error.name : 'unknown'),
    retryable: waits ? null : disposition === 'retry',
  };
}
