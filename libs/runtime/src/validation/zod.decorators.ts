import { Body, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { ZodPipe } from './zod.pipe.ts';

/** The JSON body, parsed by `schema`. A missing body is refused unless the schema takes `undefined`. */
export function ZodBody(schema: z.ZodType): ParameterDecorator {
  return Body(new ZodPipe(schema, 'body'));
}

/** The whole query string as an object of strings (arrays where a key is repeated), parsed by `schema`. */
export function ZodQuery(schema: z.ZodType): ParameterDecorator {
  return Query(new ZodPipe(schema, 'query'));
}

/** All path parameters as one object, parsed by `schema`. */
export function ZodParams(schema: z.ZodType): ParameterDecorator {
  return Param(new ZodPipe(schema, 'path'));
}
