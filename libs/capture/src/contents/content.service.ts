import { Injectable } from '@nestjs/common';
import { NotFound, UnitOfWork } from '@vaultstream/contracts';
import type {
  ContentCard,
  ContentPatch,
  ContentsQuery,
  ContentView,
  EventView,
  Page,
  PageQuery,
} from '@vaultstream/contracts';
import { BlobStore } from '@vaultstream/blobs';
import { assertPlatformId } from '@vaultstream/platforms';
import { annotateContext } from '@vaultstream/runtime';
import { ContentReads, Contents, Events, toContentCard, toContentView, type UrlFor } from '@vaultstream/store';

/** What people do with contents: look, correct, delete. Ids of merged contents stand for their survivor. */
@Injectable()
export class ContentService {
  private readonly urlFor: UrlFor;

  constructor(
    private readonly work: UnitOfWork,
    private readonly contents: Contents,
    private readonly reads: ContentReads,
    private readonly events: Events,
    blobs: BlobStore,
  ) {
    this.urlFor = (key) => blobs.urlFor(key);
  }

  /** @throws InvalidInput for a forged cursor or an unknown platform. */
  async list(query: ContentsQuery): Promise<Page<ContentCard>> {
    if (query.platform !== undefined) assertPlatformId(query.platform, 'query.platform');
    const { items, next_cursor } = await this.reads.list(query);
    return { items: await Promise.all(items.map((row) => toContentCard(row, this.urlFor))), next_cursor };
  }

  /** @throws NotFound */
  async get(id: number): Promise<ContentView> {
    const row = await this.reads.get(id);
    if (!row) throw noContent();
    annotateContext({ contentId: row.id });
    return toContentView(row, this.urlFor);
  }

  /** @throws NotFound */
  async patch(id: number, patch: ContentPatch): Promise<ContentView> {
    const patched = await this.work.transact((tx) => this.contents.patch(tx, id, patch));
    if (patched === null) throw noContent();
    return this.get(patched);
  }

  /** @throws NotFound */
  async delete(id: number): Promise<void> {
    annotateContext({ contentId: id });
    if (!(await this.work.transact((tx) => this.contents.softDelete(tx, id)))) throw noContent();
  }

  /** Oldest first. @throws NotFound, InvalidInput for a forged cursor. */
  async timeline(id: number, page: PageQuery): Promise<Page<EventView>> {
    const survivor = await this.reads.idOf(id);
    if (survivor === null) throw noContent();
    annotateContext({ contentId: survivor });
    return this.events.timeline(survivor, page);
  }

  /** How many PULLED contents bear each tag, the most frequent first. */
  tags(): Promise<{ name: string; count: number }[]> {
    return this.reads.tags();
  }
}

/** The error for an id that nobody has (any more). */
export function noContent(): NotFound {
  return new NotFound('There is no content with this id.');
}
