import { Controller, Get } from '@nestjs/common';
import { tagCountSchema } from '@vaultstream/contracts';
import { Answers, Scopes } from '@vaultstream/runtime';
import { z } from 'zod';
import { ContentService } from './content.service.ts';

/** The tags in use. */
@Controller('tags')
export class TagsController {
  constructor(private readonly contents: ContentService) {}

  /** The most frequent first. */
  @Get()
  @Scopes('read')
  @Answers('The tags in use, the most frequent first.', { 200: z.array(tagCountSchema) })
  list(): Promise<{ name: string; count: number }[]> {
    return this.contents.tags();
  }
}
