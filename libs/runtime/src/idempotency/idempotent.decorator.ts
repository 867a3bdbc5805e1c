import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.ts';

/**
 * Honours `Idempotency-Key` on this handler: the same key with the same request gives the same answer and runs once, with
 * another request 422. The app provides `IdempotencyStore`.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(UseInterceptors(IdempotencyInterceptor));
}

/** Nest's own metadata key (`INTERCEPTORS_METADATA` of @nestjs/common/constants). */
const interceptorsKey = '__interceptors__';

/** Whether a handler honours `Idempotency-Key`. */
export function isIdempotent(handler: object): boolean {
  const interceptors = Reflect.getMetadata(interceptorsKey, handler) as unknown[] | undefined;
  return interceptors?.includes(IdempotencyInterceptor) ?? false;
}
