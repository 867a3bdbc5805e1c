import type { S3Client } from '@aws-sdk/client-s3';
import { InfrastructureError } from '@vaultstream/contracts';
import type { S3Settings } from '@vaultstream/runtime';
import { loadClient, type LoadedClient, type S3Sdk, type S3Times } from './s3-client.ts';
import { s3Error, s3Failure } from './s3-error.ts';

/** What a store says about an object. */
export interface ObjectFacts {
  /** Bytes. */
  size: number;
  mime: string | undefined;
  etag: string | undefined;
  /** Hex, of the whole object as the store has computed it at the upload; null when it keeps none. */
  sha256: string | null;
}

/** Present in every bucket that we have set up: where it is missing, nothing else is "missing". */
const marker = '.vaultstream-storage';
const markerText = 'VaultStream keeps its files here. Without this object it takes the bucket for a wrong one.\n';

/**
 * One bucket (or one folder of it), as far as keys, errors and its first set-up go.
 *
 * S3 answers HEAD with 404 for a missing object, a missing bucket, and behind a proxy for a missing store. So a 404 counts as "not there"
 * only after the marker has been seen.
 */
export class S3Bucket {
  private loading: Promise<LoadedClient> | undefined;
  private setUp: Promise<void> | undefined;

  /** @param times Shorter ones for tests. */
  constructor(
    readonly settings: S3Settings,
    private readonly times: Partial<S3Times> = {},
  ) {}

  /** Bucket and key of a request. */
  at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: this.settings.prefix + key };
  }

  /**
   * Sends requests to a bucket that is set up.
   * @throws InfrastructureError that begins with `doing`.
   */
  async perform<T>(doing: string, work: (client: S3Client, sdk: S3Sdk) => Promise<T>): Promise<T> {
    try {
      await this.ready();
      const { client, sdk } = await this.load();
      return await work(client, sdk);
    } catch (error) {
      throw s3Error(doing, error);
    }
  }

  /** An object's facts; null when it is surely not there. */
  async find(key: string): Promise<ObjectFacts | null> {
    return this.perform('blob storage cannot be read', async () => {
      const facts = await this.look(key);
      if (!facts) await this.assertOurs();
      return facts;
    });
  }

  /** @throws InfrastructureError when this is not the bucket that we have set up. */
  async assertOurs(): Promise<void> {
    await this.perform('blob storage cannot be read', async () => {
      if (await this.look(marker)) return;
      throw new InfrastructureError('the bucket of STORAGE_S3_BUCKET is not the one that we have set up', {
        retryAfterMs: 5_000,
      });
    });
  }

  /** Writes the marker again: shows that the bucket can be written. */
  async writeMarker(): Promise<void> {
    await this.perform('blob storage cannot be written', () => this.mark());
  }

  private load(): Promise<LoadedClient> {
    this.loading ??= loadClient(this.settings, this.settings.endpoint, this.times);
    return this.loading;
  }

  /** Sets the bucket up once, when it is first used, so that a process starts while the store is away. */
  private ready(): Promise<void> {
    this.setUp ??= this.prepare().catch((error: unknown) => {
      this.setUp = undefined;
      throw error;
    });
    return this.setUp;
  }

  private async prepare(): Promise<void> {
    if (await this.look(marker)) return;
    try {
      await this.mark();
    } catch (error) {
      if (s3Failure(error).code !== 'NoSuchBucket') throw error;
      await this.create();
      await this.mark();
    }
  }

  private async create(): Promise<void> {
    const { client, sdk } = await this.load();
    try {
      await client.send(new sdk.CreateBucketCommand({ Bucket: this.settings.bucket }));
    } catch (error) {
      const { code, status } = s3Failure(error);
      if (code === 'BucketAlreadyOwnedByYou' || code === 'BucketAlreadyExists') return;
      if (status !== 403) throw error;
      const text = 'the bucket of STORAGE_S3_BUCKET does not exist, and these credentials may not make it';
      throw new InfrastructureError(text, { cause: error, retryAfterMs: 30_000 });
    }
  }

  private async mark(): Promise<void> {
    const { client, sdk } = await this.load();
    await client.send(new sdk.PutObjectCommand({ ...this.at(marker), Body: markerText, ContentType: 'text/plain' }));
  }

  /** Null for any 404. */
  private async look(key: string): Promise<ObjectFacts | null> {
    const { client, sdk } = await this.load();
    try {
      const answer = await client.send(new sdk.HeadObjectCommand({ ...this.at(key), ChecksumMode: 'ENABLED' }));
      const { ContentLength, ContentType, ETag, ChecksumSHA256 } = answer;
      if (ContentLength === undefined)
        throw new InfrastructureError('the object store does not say how long an object is');
      return { size: ContentLength, mime: ContentType, etag: ETag, sha256: wholeHash(ChecksumSHA256) };
    } catch (error) {
      if (s3Failure(error).status === 404) return null;
      throw error;
    }
  }
}

/** Hex of a checksum in base64; null for that of a multipart upload, which is no hash of the object ("...-3"). */
function wholeHash(checksum: string | undefined): string | null {
  const bytes = Buffer.from(checksum ?? '', 'base64');
  return checksum?.includes('-') || bytes.length !== 32 ? null : bytes.toString('hex');
}
