import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Later } from '@vaultstream/contracts';
import type { FastifyReply } from 'fastify';

/**
 * A handler's signal that aborts when its caller hangs up before the answer is complete: what he waited for need not be finished. The reason is
 * a `Later`: no answer that is remembered for an Idempotency-Key.
 */
export const CallerSignal: () => ParameterDecorator = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  const caller = new AbortController();
  const hungUp = () => {
    if (!raw.writableFinished) caller.abort(new Later('The caller has hung up.'));
  };
  if (raw.destroyed) hungUp();
  else raw.once('close', hungUp);
  return caller.signal;
});
