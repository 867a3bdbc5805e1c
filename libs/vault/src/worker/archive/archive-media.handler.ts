import { Injectable } from '@nestjs/common';
import { isVaultError, Later, type PayloadOf, type Tx } from '@vaultstream/contracts';
import { crashPoint, Env, GuardedHttp, inSpan, Metrics } from '@vaultstream/runtime';
import { Blobs, MediaItems, type ArchiveJob } from '@vaultstream/store';
import type { TaskContext, TaskFailure, TaskHandler } from '@vaultstream/tasks';
import { fetchPicture, type FetchedPicture } from './fetch-picture.ts';
import { PictureStorer, sha256Of, type StoredPicture } from './picture-storer.ts';
import { StorageGate } from './storage-gate.ts';

type Payload = PayloadOf<'media.archive'>;

/** `media.archive`: fetches one picture, stores it under its hash and refers to it. One bad picture harms no other. */
@Injectable()
export class ArchiveMediaHandler implements TaskHandler<'media.archive'> {
  constructor(
    private readonly env: Env,
    private readonly http: GuardedHttp,
    private readonly media: MediaItems,
    private readonly blobs: Blobs,
    private readonly storer: PictureStorer,
    private readonly gate: StorageGate,
    private readonly metrics: Metrics,
  ) {
    metrics.counter('vaultstream_blob_dedupe_total');
    metrics.zero('vaultstream_media_total', { outcome: ['stored', 'skipped', 'failed'] });
  }

  /** Ends quietly when nobody wants the picture any more. */
  async run({ media_id }: Payload, context: TaskContext): Promise<void> {
    const job = await this.media.findOpen(media_id);
    if (!job) return this.endIdle(media_id, context);
    const reason = this.reasonToSkip(job);
    if (reason !== null) {
      await context.commit((tx) => this.media.skipped(tx, media_id, reason));
      this.count('skipped');
      return;
    }
    await this.gate.pass();
    const facts = { 'server.address': URL.parse(job.originUrl)?.hostname ?? '' };
    const picture = await inSpan('picture.download', facts, async (span) => {
      const fetched = await fetchPicture(this.http, job, context.signal);
      span.setAttribute('vaultstream.bytes', fetched.bytes.length);
      return fetched;
    });
    crashPoint('after-fetch-before-put');
    const stored = await this.storeOrWait(job, picture, context);
    if (!stored) return;
    crashPoint('after-put-before-row');
    await context.commit((tx) => this.refer(tx, media_id, stored));
    this.count('stored');
    if (!stored.written) this.metrics.counter('vaultstream_blob_dedupe_total').inc();
  }

  /** The picture has failed for good; its content may settle now. */
  async onDead({ media_id }: Payload, failure: TaskFailure, tx: Tx): Promise<void> {
    await this.media.failed(tx, media_id, failure);
    this.count('failed');
  }

  private count(outcome: 'stored' | 'skipped' | 'failed'): void {
    this.metrics.counter('vaultstream_media_total').inc({ outcome });
  }

  /** Whoever wants the picture while this task lives appends none: so the task goes only if nobody has wanted it since. */
  private async endIdle(mediaId: string, context: TaskContext): Promise<void> {
    await context.commit(async (tx) => {
      if (await this.media.isOpen(tx, mediaId)) throw new Later('the picture is wanted again', { retryAfterMs: 0 });
    });
  }

  private reasonToSkip(job: ArchiveJob): string | null {
    if (!this.env.archive.enabled) return 'archiving is switched off';
    return job.kind === 'image' ? null : 'not archived';
  }

  /** Null when the task was put off until its bytes may be stored: the timeline says why, and until when at the latest. */
  private async storeOrWait(
    job: ArchiveJob,
    picture: FetchedPicture,
    context: TaskContext,
  ): Promise<StoredPicture | null> {
    try {
      return await this.store(job, picture, context);
    } catch (error) {
      if (!(error instanceof Later) || error.reason === undefined || error.until === undefined) throw error;
      const { reason, until } = error;
      await context.defer(error, (tx) => this.media.waiting(tx, job.mediaId, { reason, until }));
      return null;
    }
  }

  /** Of a picture that is refused, the hash of what was fetched is kept. */
  private async store(job: ArchiveJob, picture: FetchedPicture, context: TaskContext): Promise<StoredPicture> {
    const originalSha256 = sha256Of(picture.bytes);
    try {
      const { signal, hold } = context;
      const host = URL.parse(job.originUrl)?.host ?? '';
      return await this.gate.through(() => this.storer.storePicture(picture, originalSha256, { signal, hold, host }));
    } catch (error) {
      if (isVaultError(error) && error.disposition === 'fail')
        await context.transact((tx) => this.media.noteOriginal(tx, job.mediaId, originalSha256));
      throw error;
    }
  }

  private async refer(tx: Tx, mediaId: string, { sha256, variant }: StoredPicture): Promise<void> {
    const wanted = await this.media.stored(tx, mediaId, { sha256, originalSha256: variant.originalSha256 });
    if (wanted) await this.blobs.markLive(tx, sha256, variant);
  }
}
