import type { Span } from '@opentelemetry/api';
import type { Principal } from '@vaultstream/contracts';
import type { FastifyRequest } from 'fastify';
import type { RunContext } from '../context.ts';

/** What we know of a request while it runs. */
export interface RequestState {
  context: RunContext;
  /** `performance.now()` when its headers were in. */
  startedAt: number;
  /** Ends with the answer; undefined for what machines ask every few seconds. */
  span?: Span | undefined;
  /** Set when the caller's token was found good. */
  principal?: Principal;
  /** Looks the caller's token up once more: whether it would still be let in. */
  stillAdmitted?: () => Promise<boolean>;
  /** What the filter answered for, for the request's log line. */
  error?: unknown;
  /** True when the answer had begun and was broken off because of the error. */
  cutOff?: boolean;
}

const states = new WeakMap<FastifyRequest, RequestState>();

/** Opens the state of a request: the first thing that happens to it. */
export function openRequestState(request: FastifyRequest, context: RunContext, span?: Span): RequestState {
  const state: RequestState = { context, startedAt: performance.now(), span };
  states.set(request, state);
  return state;
}

/** The state of a request, if it came through our hooks. */
export function findRequestState(request: FastifyRequest): RequestState | undefined {
  return states.get(request);
}

/**
 * The state of a request.
 * @throws Error for a request that did not come through our hooks: a fault in the wiring.
 */
export function requestState(request: FastifyRequest): RequestState {
  const state = states.get(request);
  if (!state) throw new Error('This request has no state: was the app made by createHttpApp?');
  return state;
}
