import { Controller, Delete, Get, HttpCode, Patch } from '@nestjs/common';
import {
  contentPatchSchema,
  contentsQuerySchema,
  pageQuerySchema,
  type ContentCard,
  type ContentPatch,
  type ContentsQuery,
  type ContentView,
  type EventView,
  type Page,
  type PageQuery,
} from '@vaultstream/contracts';
import { IdParam, Scopes, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { ContentService } from './content.service.ts';

/** Contents: list, detail, correction, deletion, history. */
@Controller('contents')
export class ContentsController {
  constructor(private readonly contents: ContentService) {}

  @Get()
  @Scopes('read')
  list(@ZodQuery(contentsQuerySchema) query: ContentsQuery): Promise<Page<ContentCard>> {
    return this.contents.list(query);
  }

  @Get(':id')
  @Scopes('read')
  get(@IdParam() id: number): Promise<ContentView> {
    return this.contents.get(id);
  }

  /** What a person sets here outlives later parses. */
  @Patch(':id')
  @Scopes('write')
  patch(@IdParam() id: number, @ZodBody(contentPatchSchema) patch: ContentPatch): Promise<ContentView> {
    return this.contents.patch(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('write')
  delete(@IdParam() id: number): Promise<void> {
    return this.contents.delete(id);
  }

  /** Oldest first. */
  @Get(':id/timeline')
  @Scopes('read')
  timeline(@IdParam() id: number, @ZodQuery(pageQuerySchema) page: PageQuery): Promise<Page<EventView>> {
    return this.contents.timeline(id, page);
  }
}
