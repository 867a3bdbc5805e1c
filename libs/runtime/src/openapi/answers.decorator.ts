import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

/** Metadata key of `@Answers()`. */
export const ANSWERS = 'vaultstream:answers';

/** A body that is not JSON, by its media type. */
export interface RawBody {
  media: string;
}

/** What an answer carries: JSON of a schema, something else, or nothing. */
export type AnswerBody = z.ZodType | RawBody | null;

/** What a handler says of itself for the OpenAPI document. */
export interface Declaration {
  /** One sentence. */
  summary: string;
  /** The body by the status of success. */
  answers: Readonly<Record<number, AnswerBody>>;
  /** Statuses of problems beyond those that follow from the handler's input and policy, such as 409. */
  problems: readonly number[];
}

/**
 * Declares what a handler answers. Its method, path, input, scopes and the problems that follow from them are read off its other
 * decorators; a handler without this one fails the inventory spec.
 */
export function Answers(
  summary: string,
  answers: Declaration['answers'],
  ...problems: readonly number[]
): MethodDecorator {
  return SetMetadata(ANSWERS, { summary, answers, problems } satisfies Declaration);
}
