import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.ts';

/**
 * Honours `Idempotency-Key` on this handler: the same key with the same request gives the same answer and runs once, with
 * another request 422. The app provides `IdempotencyStore`.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(UseInterceptors(IdempotencyInterceptor));
}
