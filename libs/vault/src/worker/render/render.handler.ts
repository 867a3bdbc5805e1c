import { Injectable } from '@nestjs/common';
import { blobKey } from '@vaultstream/blobs';
import type { PayloadOf } from '@vaultstream/contracts';
import { inSpan } from '@vaultstream/runtime';
import { Blobs, Renditions, type BlobRecord } from '@vaultstream/store';
import type { TaskContext, TaskHandler } from '@vaultstream/tasks';
import { DamagedBlob } from '../../reads/damage-recorder.ts';
import { VerifiedReads } from '../../reads/verified-reads.ts';
import { PictureStorer, sha256Of } from '../archive/picture-storer.ts';
import { ImageConverter } from '../convert/image-converter.ts';

/**
 * `media.render`: makes a named rendition of a stored picture, for services that do not take what the archive holds. It is a variant of the
 * stored blob: found by its hash, made once, collected like everything that nothing refers to, and made again when it is wanted again.
 */
@Injectable()
export class RenderHandler implements TaskHandler<'media.render'> {
  constructor(
    private readonly renditions: Renditions,
    private readonly blobs: Blobs,
    private readonly reads: VerifiedReads,
    private readonly storer: PictureStorer,
    private readonly converter: ImageConverter,
  ) {}

  /**
   * Ends quietly when the picture is not stored (any more), or is damaged: it fails for nobody who wants it after it was stored again.
   * @throws NotFound, Unsupported, BadPayload, InfrastructureError, Later
   */
  async run({ media_id, preset }: PayloadOf<'media.render'>, context: TaskContext): Promise<void> {
    const source = await this.renditions.source(media_id);
    if (!source) return;
    const variant = { originalSha256: source.sha256, preset };
    if ((await this.storer.findKnown(variant)) !== null) return;
    const original = await this.read(source);
    if (!original) return;
    const { signal, hold } = context;
    const { bytes, width, height } = await inSpan(
      'picture.convert',
      { 'vaultstream.preset': preset, 'vaultstream.bytes': original.length },
      () => this.converter.convert({ bytes: original, preset }, { signal, hold }),
    );
    const sha256 = sha256Of(bytes);
    const size = bytes.length;
    await this.storer.put({ sha256, key: blobKey(sha256, 'jpg'), mime: 'image/jpeg', size, width, height }, bytes);
    await context.commit((tx) => this.blobs.markLive(tx, sha256, variant));
  }

  /** Null when the bytes are damaged. */
  private async read(source: BlobRecord): Promise<Buffer | null> {
    try {
      return await this.reads.read(source);
    } catch (error) {
      if (error instanceof DamagedBlob) return null;
      throw error;
    }
  }
}
