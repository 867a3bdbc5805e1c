import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findRequestState } from '../http/request-state.ts';
import { describeError } from './describe-error.ts';
import { problemBody, problemHeaders } from './problem.ts';

/** Answers every error with a problem document. The error itself goes into the request's one log line. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const state = findRequestState(request);
    if (state) state.error = error;
    if (reply.sent || reply.raw.headersSent) {
      // The answer is already under way: cutting it off is the only way left to say that it is not whole.
      reply.raw.destroy();
      return;
    }
    const draft = describeError(error);
    reply
      .code(draft.status)
      .headers(problemHeaders(draft))
      .send(problemBody(draft, state?.context.requestId ?? ''));
  }
}
