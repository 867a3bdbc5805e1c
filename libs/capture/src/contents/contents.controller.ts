import { Controller, Delete, Get, HttpCode, Patch } from '@nestjs/common';
import {
  contentCardSchema,
  contentViewSchema,
  eventSchema,
  pageOf,
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
import { Answers, IdParam, Scopes, TraceLinks, ZodBody, ZodQuery } from '@vaultstream/runtime';
import { ContentService } from './content.service.ts';

/** Contents: list, detail, correction, deletion, history. */
@Controller('contents')
export class ContentsController {
  constructor(
    private readonly contents: ContentService,
    private readonly traces: TraceLinks,
  ) {}

  @Get()
  @Scopes('read')
  @Answers('Contents, newest first.', { 200: pageOf(contentCardSchema) })
  list(@ZodQuery(contentsQuerySchema) query: ContentsQuery): Promise<Page<ContentCard>> {
    return this.contents.list(query);
  }

  @Get(':id')
  @Scopes('read')
  @Answers('One content with all that belongs to it; a merged one answers with its survivor.', {
    200: contentViewSchema,
  })
  get(@IdParam() id: number): Promise<ContentView> {
    return this.contents.get(id);
  }

  /** What a person sets here outlives later parses. */
  @Patch(':id')
  @Scopes('write')
  @Answers('Corrects a content; what is set here outlives later parses.', { 200: contentViewSchema })
  patch(@IdParam() id: number, @ZodBody(contentPatchSchema) patch: ContentPatch): Promise<ContentView> {
    return this.contents.patch(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('write')
  @Answers('Deletes a content and ends its tasks.', { 204: null })
  delete(@IdParam() id: number): Promise<void> {
    return this.contents.delete(id);
  }

  /** Oldest first. */
  @Get(':id/timeline')
  @Scopes('read')
  @Answers('What happened to a content, oldest first.', { 200: pageOf(eventSchema) })
  async timeline(@IdParam() id: number, @ZodQuery(pageQuerySchema) page: PageQuery): Promise<Page<EventView>> {
    const { items, next_cursor } = await this.contents.timeline(id, page);
    return { items: items.map((event) => this.traces.addTo(event)), next_cursor };
  }
}
