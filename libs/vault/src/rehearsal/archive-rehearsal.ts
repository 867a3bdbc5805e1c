import { Injectable } from '@nestjs/common';
import type { PayloadOf, Rehearsal, TaskRehearsal } from '@vaultstream/contracts';
import { Env, GuardedHttp } from '@vaultstream/runtime';
import { MediaItems } from '@vaultstream/store';
import { expectPicture } from '../worker/archive/expect-picture.ts';
import { fetchPicture } from '../worker/archive/fetch-picture.ts';

/** Fetches a picture as `media.archive` would, looks at what it is, and neither converts nor keeps it. */
@Injectable()
export class ArchiveRehearsal implements TaskRehearsal<'media.archive'> {
  constructor(
    private readonly env: Env,
    private readonly http: GuardedHttp,
    private readonly media: MediaItems,
  ) {}

  async rehearse({ media_id }: PayloadOf<'media.archive'>, signal: AbortSignal): Promise<Rehearsal> {
    const job = await this.media.findOpen(media_id);
    if (!job) return idle('Nobody wants the picture any more, or it is stored already.');
    if (!this.env.archive.enabled) return idle('Archiving is switched off.');
    if (job.kind !== 'image') return idle(`A file of the kind "${job.kind}" is not archived.`);
    const picture = await fetchPicture(this.http, job, signal);
    expectPicture(picture);
    const { mime, bytes } = picture;
    return {
      outcome: 'succeeds',
      summary: `It can be fetched: ${mime}, ${bytes.length} bytes.`,
      facts: { mime, bytes: bytes.length },
    };
  }
}

const idle = (summary: string): Rehearsal => ({ outcome: 'idle', summary, facts: {} });
