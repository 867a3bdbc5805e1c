import { createHash } from 'node:crypto';
import { BadPayload, InvalidInput } from '@vaultstream/contracts';
import { blobHash } from '../blob-key.ts';
import { UploadArea, type UploadRequest, type UploadTicket, type VerifiedUpload } from '../upload-area.ts';
import { holds } from './holds.ts';
import { readObject } from './read-object.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { s3Failure } from './s3-error.ts';
import type { S3Signer } from './s3-signer.ts';

/** Enough to tell a file's type by: bytes. */
const startBytes = 4_096;

/** What one PUT, and one copy, may have: bytes (5 GiB). */
const maxBytes = 5 * 1_024 ** 3;

/** Uploads by presigned PUT: size, type and (when it is known) hash are part of the signature, and are looked at again. */
export class S3UploadArea extends UploadArea {
  /** @param expiresS Life of a ticket: seconds. */
  constructor(
    private readonly bucket: S3Bucket,
    private readonly signer: S3Signer,
    private readonly expiresS: number,
  ) {
    super();
  }

  override async presign({ id, mime, size, sha256 }: UploadRequest): Promise<UploadTicket> {
    const Key = this.signer.settings.prefix + keyOf(id);
    if (!Number.isSafeInteger(size) || size < 0 || size > maxBytes) throw invalid('size', 'must be 0 to 5 GiB');
    if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) throw invalid('sha256', 'must be a SHA-256 in hex');
    const checksum = sha256 === undefined ? undefined : Buffer.from(sha256, 'hex').toString('base64');
    const headers = { 'content-type': mime, ...(checksum && { 'x-amz-checksum-sha256': checksum }) };
    const expiresAt = new Date(Date.now() + this.expiresS * 1_000);
    const url = await this.signer.sign(
      (sdk, Bucket) =>
        new sdk.PutObjectCommand({
          Bucket,
          Key,
          ContentType: mime,
          ContentLength: size,
          ...(checksum && { ChecksumSHA256: checksum }),
        }),
      { expiresIn: this.expiresS, signedHeaders: ['content-length', ...Object.keys(headers)] },
    );
    return { method: 'PUT', url, headers, expiresAt };
  }

  override async verify({ id, mime, size, sha256 }: UploadRequest): Promise<VerifiedUpload | null> {
    const key = keyOf(id);
    const found = await this.bucket.find(key);
    if (!found) return null;
    if (found.size !== size) throw new BadPayload(`the upload has ${found.size} bytes, and ${size} were announced`);
    if (found.mime !== mime) throw new BadPayload('the upload has another type than was announced');
    const read = await readObject(this.bucket, key);
    if (!read) return null;
    const hash = createHash('sha256');
    let start = Buffer.alloc(0);
    for await (const chunk of read.stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      if (start.length < startBytes) start = Buffer.concat([start, chunk.subarray(0, startBytes - start.length)]);
    }
    const actual = hash.digest('hex');
    if (sha256 !== undefined && sha256 !== actual)
      throw new BadPayload('the upload has another hash than was announced');
    return { id, mime, size: read.size, sha256: actual, start, version: read.etag ?? '' };
  }

  override async adopt(upload: VerifiedUpload, key: string): Promise<{ size: number; written: boolean }> {
    const { id, mime, size, sha256, version } = upload;
    if (blobHash(key) !== sha256) throw new BadPayload('the key does not name the hash of the bytes');
    if (await holds(this.bucket, key, sha256, size)) return { size, written: false };
    const { Bucket, Key } = this.bucket.at(keyOf(id));
    await this.bucket.perform('an upload cannot be stored', async (client, sdk) => {
      const command = new sdk.CopyObjectCommand({
        ...this.bucket.at(key),
        CopySource: `${Bucket}/${encodeURI(Key)}`,
        CopySourceIfMatch: version,
        MetadataDirective: 'REPLACE',
        ContentType: mime,
        ChecksumAlgorithm: 'SHA256',
      });
      try {
        await client.send(command);
      } catch (error) {
        const { status } = s3Failure(error);
        throw status === 412 || status === 404 ? changed() : error;
      }
    });
    // For stores that ignore the condition. What they have copied is no blob: no row says so, and a right put replaces it.
    if (!(await holds(this.bucket, key, sha256, size))) throw changed();
    return { size, written: true };
  }

  override async remove(id: string): Promise<void> {
    const key = keyOf(id);
    await this.bucket.perform('an upload cannot be removed', (client, sdk) =>
      client.send(new sdk.DeleteObjectCommand(this.bucket.at(key))),
    );
  }
}

/** @throws InvalidInput for what is no UUID: it becomes part of a key. */
function keyOf(id: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return `uploads/${id}`;
  throw invalid('id', 'must be a UUID');
}

const changed = (): BadPayload => new BadPayload('the upload has changed since it was verified');

const invalid = (path: string, message: string): InvalidInput =>
  new InvalidInput('this upload cannot be prepared', [{ path, message }]);
