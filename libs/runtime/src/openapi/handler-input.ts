import type { z } from 'zod';
import type { HandlerInfo } from '../http/list-handlers.ts';
import { PathPipe } from '../validation/id.decorators.ts';
import { ZodPipe } from '../validation/zod.pipe.ts';

/** Nest's own metadata key (`ROUTE_ARGS_METADATA` of @nestjs/common/constants). */
const argumentsKey = '__routeArguments__';

/** What a handler takes, by the very pipes that check it. */
export interface HandlerInput {
  body?: z.ZodType;
  query?: z.ZodType;
  /** All path parameters as one object. */
  path?: z.ZodType;
  /** Single path parameters by name. */
  ids: ReadonlyMap<string, z.ZodType>;
}

/** Reads the input of a handler off its parameters. */
export function handlerInput({ controller, name }: HandlerInfo): HandlerInput {
  const method = name.slice(name.indexOf('.') + 1);
  const found = Reflect.getMetadata(argumentsKey, controller, method) as
    Record<string, { pipes?: unknown[] }> | undefined;
  const pipes = Object.values(found ?? {}).flatMap((argument) => argument.pipes ?? []);
  const schemas = pipes.filter((pipe) => pipe instanceof ZodPipe).map((pipe) => [pipe.place, pipe.schema] as const);
  const ids = pipes.filter((pipe) => pipe instanceof PathPipe).map((pipe) => [pipe.name, pipe.schema] as const);
  return { ...Object.fromEntries(schemas), ids: new Map(ids) };
}
