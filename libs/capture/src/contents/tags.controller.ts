import { Controller, Get } from '@nestjs/common';
import { Scopes } from '@vaultstream/runtime';
import { ContentService } from './content.service.ts';

/** The tags in use. */
@Controller('tags')
export class TagsController {
  constructor(private readonly contents: ContentService) {}

  /** The most frequent first. */
  @Get()
  @Scopes('read')
  list(): Promise<{ name: string; count: number }[]> {
    return this.contents.tags();
  }
}
