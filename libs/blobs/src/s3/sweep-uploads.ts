import type { ListMultipartUploadsCommandOutput } from '@aws-sdk/client-s3';
import type { S3Bucket } from './s3-bucket.ts';

/** A multipart upload that nobody has ended is abandoned after this long: milliseconds (a day). */
const abandonedMs = 86_400_000;

/**
 * Aborts the multipart uploads that killed processes have left behind. MinIO lists none by folder: it removes them by itself after a day.
 * @param folder Ends with a slash.
 * @returns How many.
 */
export async function sweepUploads(bucket: S3Bucket, folder: string, olderThanMs = abandonedMs): Promise<number> {
  const { Bucket, Key: Prefix } = bucket.at(folder);
  return bucket.perform('abandoned uploads cannot be removed', async (client, sdk) => {
    let swept = 0;
    let from: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    for (let more = true; more;) {
      const page: ListMultipartUploadsCommandOutput = await client.send(
        new sdk.ListMultipartUploadsCommand({ Bucket, Prefix, ...from }),
      );
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (!Key || !UploadId || !Initiated || Date.now() - Initiated.getTime() < olderThanMs) continue;
        await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        swept++;
      }
      from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
      more = page.IsTruncated === true && page.NextKeyMarker !== undefined;
    }
    return swept;
  });
}
