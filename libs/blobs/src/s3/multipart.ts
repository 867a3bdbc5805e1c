import { createHash } from 'node:crypto';
import type { CompletedPart } from '@aws-sdk/client-s3';
import { InfrastructureError } from '@vaultstream/contracts';
import { writeIfAbsent } from './conditional-write.ts';
import type { S3Bucket } from './s3-bucket.ts';

const doing = 'blob storage cannot be written';

/**
 * Uploads an object part by part: each part's hash is checked by the store. Nothing is visible before the last step, and nothing is left
 * behind when any step fails.
 * @param assertWhole Called when all bytes have been sent and before they become an object; throws when they are the wrong ones.
 * @param holds Whether the right bytes are there already.
 * @returns False when they were.
 */
export async function uploadInParts(
  bucket: S3Bucket,
  object: { key: string; mime: string },
  parts: AsyncIterable<Uint8Array>,
  assertWhole: () => void,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  const at = bucket.at(object.key);
  const { UploadId } = await bucket.perform(doing, (client, sdk) =>
    client.send(new sdk.CreateMultipartUploadCommand({ ...at, ContentType: object.mime, ChecksumAlgorithm: 'SHA256' })),
  );
  let written = false;
  try {
    const Parts: CompletedPart[] = [];
    for await (const bytes of parts) Parts.push(await sendPart(bucket, { ...at, UploadId }, Parts.length + 1, bytes));
    assertWhole();
    written = await bucket.perform(doing, (client, sdk) =>
      writeIfAbsent(async (onlyIfAbsent) => {
        const input = { ...at, UploadId, MultipartUpload: { Parts }, ...onlyIfAbsent };
        await client.send(new sdk.CompleteMultipartUploadCommand(input));
      }, holds),
    );
    return written;
  } finally {
    if (!written) await abort(bucket, { ...at, UploadId });
  }
}

interface Upload {
  Bucket: string;
  Key: string;
  UploadId: string | undefined;
}

async function sendPart(
  bucket: S3Bucket,
  upload: Upload,
  PartNumber: number,
  bytes: Uint8Array,
): Promise<CompletedPart> {
  const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64');
  const { ETag, ChecksumSHA256: told } = await bucket.perform(doing, (client, sdk) =>
    client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body: bytes, ChecksumSHA256 })),
  );
  if (told !== undefined && told !== ChecksumSHA256)
    throw new InfrastructureError(`${doing}: bytes were damaged on their way`, { retryAfterMs: 5_000 });
  return { ETag, PartNumber, ChecksumSHA256 };
}

/** As well as it can: what stays is swept a day later, and the first error is the one to tell. */
async function abort(bucket: S3Bucket, upload: Upload): Promise<void> {
  try {
    await bucket.perform(doing, (client, sdk) => client.send(new sdk.AbortMultipartUploadCommand(upload)));
  } catch {
    return;
  }
}
