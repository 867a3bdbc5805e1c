import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '@vaultstream/runtime';

export type S3Sdk = typeof import('@aws-sdk/client-s3');

/** A client with the commands that it takes. */
export interface LoadedClient {
  sdk: S3Sdk;
  client: S3Client;
}

/** Milliseconds. */
export interface S3Times {
  connectMs: number;
  /** Until the head of the answer is there, and between two pieces of its body. Tombstones of blobs outlast it (`claimTimes` of store). */
  answerMs: number;
}

const defaults: S3Times = { connectMs: 3_000, answerMs: 60_000 };

/** The second try is for a connection that the store has closed while it was idle. All else is the queue's to try again. */
const maxAttempts = 2;

/** Loads the SDK (about 40 MB: never before it is needed) and makes a client. */
export async function loadClient(
  settings: S3Settings,
  endpoint: string | undefined,
  times: Partial<S3Times> = {},
): Promise<LoadedClient> {
  const sdk = await import('@aws-sdk/client-s3');
  const { region, addressing, credentials } = settings;
  const { connectMs, answerMs } = { ...defaults, ...times };
  const client = new sdk.S3Client({
    region,
    forcePathStyle: addressing === 'path',
    maxAttempts,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials && { credentials: { accessKeyId: credentials.accessKey, secretAccessKey: credentials.secretKey } }),
    // What the driver sends and expects is named at each call; trailing checksums are unknown to half of the stores.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: answerMs,
    },
  });
  return { sdk, client };
}
