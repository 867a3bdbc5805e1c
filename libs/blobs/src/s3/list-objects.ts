import { InfrastructureError } from '@vaultstream/contracts';
import type { BlobEntry } from '../blob-store.ts';
import type { S3Bucket } from './s3-bucket.ts';

/**
 * All objects whose keys begin with the prefix, in the order of their keys, page by page (of 1,000).
 * @throws InfrastructureError, also when the list breaks off: a list that is cut is never taken for a whole one.
 */
export async function* listObjects(bucket: S3Bucket, prefix: string): AsyncGenerator<BlobEntry> {
  const { Bucket, Key: Prefix } = bucket.at(prefix);
  let ContinuationToken: string | undefined;
  do {
    const page = await bucket.perform('blob storage cannot be listed', (client, sdk) =>
      client.send(
        new sdk.ListObjectsV2Command({
          Bucket,
          Prefix,
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        }),
      ),
    );
    for (const { Key, Size, LastModified } of page.Contents ?? [])
      if (Key !== undefined && Size !== undefined && LastModified !== undefined)
        yield { key: Key.slice(bucket.settings.prefix.length), size: Size, modifiedAt: LastModified };
    ContinuationToken = page.NextContinuationToken;
    if (page.IsTruncated && ContinuationToken === undefined)
      throw new InfrastructureError('blob storage cannot be listed: the object store does not say how to go on');
  } while (ContinuationToken !== undefined);
}
