import { BadPayload } from '@vaultstream/contracts';
import { raiseForStatus, type GuardedHttp } from '@vaultstream/runtime';
import type { ArchiveJob } from '@vaultstream/store';
import { pictureHeaders } from './picture-request.ts';

/** Bytes of a picture, after decompression: 20 MiB. */
const maxBytes = 20 * 1_048_576;

/** A picture as its host gave it. */
export interface FetchedPicture {
  bytes: Buffer;
  /** By its magic bytes; null when nothing can be said. */
  mime: string | null;
}

/**
 * Fetches a picture as a browser on its page would.
 * @throws The errors of GuardedHttp and `raiseForStatus`; BadPayload when there are no bytes.
 */
export async function fetchPicture(http: GuardedHttp, job: ArchiveJob, signal: AbortSignal): Promise<FetchedPicture> {
  const headers = pictureHeaders(job.originUrl, job.canonicalUrl);
  const { body, mime } = raiseForStatus(await http.fetch({ url: job.originUrl, headers, signal, maxBytes }));
  if (body.length === 0) throw new BadPayload('the picture is empty');
  return { bytes: body, mime };
}
