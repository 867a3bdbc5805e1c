import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Conflict, IdempotencyStore, InvalidInput } from '@vaultstream/contracts';
import type { IdempotencyState, IdempotencyUse, StoredAnswer } from '@vaultstream/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { findPort } from '../find-port.ts';
import { requestState } from '../http/request-state.ts';
import { LOGGER, type Logger } from '../logger.ts';
import { describeError } from '../problems/describe-error.ts';
import type { ProblemDraft } from '../problems/problem.ts';
import { ReplayedProblem } from '../problems/replayed-problem.ts';
import { hashJson } from './body-hash.ts';

/** How long a duplicate waits for the call that runs, and how often it looks: milliseconds. */
const maxWaitMs = 3_000;
const pollMs = 100;

/** Runs a handler once per `Idempotency-Key` and repeats its answer. See `@Idempotent()`. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private found: IdempotencyStore | undefined;

  constructor(
    private readonly modules: ModuleRef,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws Error when no module provides `IdempotencyStore`: an app that forgot it does not boot. */
  onModuleInit(): void {
    this.found = findPort(this.modules, IdempotencyStore);
    if (!this.found) throw new Error('There are @Idempotent() handlers but no module provides IdempotencyStore');
  }

  /** @throws InvalidInput for an unusable key (400) or one used with another request (422), Conflict while a call runs. */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key))
      throw badKey('must be 1 to 255 printable ASCII characters', 400, 'invalid_input');
    const use: IdempotencyUse = {
      principalId: requestState(request).principal?.tokenId ?? '',
      route: `${request.method} ${request.routeOptions.url ?? ''}`,
      key,
    };
    const state = await this.claim(use, hashJson([request.params, request.query, request.body]));
    if (state.state === 'new') return from(this.run(use, reply, next));
    if (state.state === 'mismatch') throw badKey('was used with another request', 422, 'idempotency_key_reused');
    reply.header('idempotent-replayed', 'true');
    if (state.status >= 400) throw new ReplayedProblem(state.body as ProblemDraft);
    reply.code(state.status);
    return from([state.body ?? undefined]);
  }

  private async claim(use: IdempotencyUse, hash: string): Promise<Exclude<IdempotencyState, { state: 'busy' }>> {
    const deadline = performance.now() + maxWaitMs;
    for (;;) {
      const state = await this.store.begin(use, hash);
      if (state.state !== 'busy') return state;
      if (performance.now() >= deadline)
        throw new Conflict('A request with this Idempotency-Key is still running.', { retryAfterMs: 1_000 });
      await wait(pollMs);
    }
  }

  private async run(use: IdempotencyUse, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    try {
      const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.remember(use, { status: reply.statusCode, body: body ?? null });
      return body;
    } catch (error) {
      const draft = describeError(error);
      // 429 and 5xx are no answers: the same request may succeed later, and must then run.
      await this.remember(
        use,
        draft.status >= 500 || draft.status === 429 ? null : { status: draft.status, body: draft },
      );
      throw error;
    }
  }

  /** The handler is through, so a failure here must not change its answer: the claim runs out by itself. */
  private async remember(use: IdempotencyUse, answer: StoredAnswer | null): Promise<void> {
    try {
      await (answer ? this.store.complete(use, answer) : this.store.abandon(use));
    } catch (err) {
      this.logger.warn({ err, route: use.route }, 'idempotency answer not kept');
    }
  }

  private get store(): IdempotencyStore {
    if (!this.found) throw new Error('IdempotencyStore is used before boot');
    return this.found;
  }
}

function badKey(message: string, status: number, code: string): InvalidInput {
  const issue = { path: 'headers.idempotency-key', message };
  return new InvalidInput(`Idempotency-Key: ${message}.`, [issue], { status, code });
}
