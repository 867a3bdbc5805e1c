import { Inject, Injectable } from '@nestjs/common';
import { UnitOfWork, type PayloadOf, type Rehearsal, type TaskRehearsal } from '@vaultstream/contracts';
import { LOGGER, type Logger } from '@vaultstream/runtime';
import { Contents, tryOut } from '@vaultstream/store';
import { PlatformWatch } from '../platform-health/platform-watch.ts';
import { ContentReader, type ReadContent } from './content-reader.ts';

/** Asks the platform as `content.parse` would, and keeps nothing of the answer. */
@Injectable()
export class ParseRehearsal implements TaskRehearsal<'content.parse'> {
  constructor(
    private readonly contents: Contents,
    private readonly reader: ContentReader,
    private readonly watch: PlatformWatch,
    private readonly work: UnitOfWork,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async rehearse(
    { content_id, below_version: belowVersion }: PayloadOf<'content.parse'>,
    signal: AbortSignal,
  ): Promise<Rehearsal> {
    const job = await tryOut(this.work, (tx) => this.contents.beginParse(tx, content_id, { belowVersion }));
    if (!job) return { outcome: 'idle', summary: 'The content is gone, deleted, merged or read already.', facts: {} };
    const waiting = await this.watch.waits(job.canonical.platform);
    if (waiting)
      return { outcome: 'waits', summary: `${waiting.reason}.`, facts: { retry_after_ms: waiting.retryAfterMs } };
    return report(await this.reader.read(job, signal, this.logger));
  }
}

function report({ parsed, learnt }: ReadContent): Rehearsal {
  const { title, author, content_type, media, tags, published_at, body_text } = parsed;
  const facts = {
    title,
    content_type,
    author: author?.name ?? null,
    published_at,
    media: media.length,
    tags,
    text_length: body_text?.length ?? 0,
    learnt_url: learnt?.url ?? null,
  };
  const pictures = media.length === 1 ? 'one file' : `${media.length} files`;
  return { outcome: 'succeeds', summary: `It can be read: "${title ?? 'without a title'}", with ${pictures}.`, facts };
}
