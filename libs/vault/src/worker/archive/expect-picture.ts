import { Unsupported } from '@vaultstream/contracts';
import type { FetchedPicture } from './fetch-picture.ts';

/** What the converter decodes, by magic bytes. Some encoders of AVIF write only the brand of its container. */
const decodable = new Set([
  'image/jpeg',
  'image/png',
  'image/apng',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/heif',
  'image/heif-sequence',
]);

/** @throws Unsupported for what is not a picture that the converter decodes. */
export function expectPicture({ mime }: Pick<FetchedPicture, 'mime'>): void {
  if (mime === null || !decodable.has(mime))
    throw new Unsupported(`${mime ?? 'a file of an unknown type'} is not archived as a picture`);
}
