import type { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Settings } from '@vaultstream/runtime';
import { loadClient, type LoadedClient, type S3Sdk } from './s3-client.ts';

/** How a request is signed. */
export interface SigningOptions {
  /** Seconds. */
  expiresIn: number;
  signingDate?: Date;
  /** Headers that the client must send as they are; lower case. */
  signedHeaders?: readonly string[];
}

/** Signs requests that others send, to the address where they reach the store (STORAGE_S3_PUBLIC_ENDPOINT). */
export class S3Signer {
  private loading: Promise<LoadedClient> | undefined;

  constructor(readonly settings: S3Settings) {}

  /** The URL of a request, with its signature in the query. */
  async sign(
    make: (sdk: S3Sdk, bucket: string) => GetObjectCommand | PutObjectCommand,
    { signedHeaders = [], ...options }: SigningOptions,
  ): Promise<string> {
    this.loading ??= loadClient(this.settings, this.settings.publicEndpoint ?? this.settings.endpoint);
    const [{ client, sdk }, { getSignedUrl }] = await Promise.all([
      this.loading,
      import('@aws-sdk/s3-request-presigner'),
    ]);
    return getSignedUrl(client, make(sdk, this.settings.bucket), {
      ...options,
      signableHeaders: new Set(['host', ...signedHeaders]),
      // In the query, a checksum is ignored by some stores (MinIO).
      unhoistableHeaders: new Set(signedHeaders),
    });
  }
}
