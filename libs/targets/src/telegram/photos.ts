import { isVaultError } from '@vaultstream/contracts';
import type { PartFile, SendContext } from '../target.ts';

/** A picture that is ready to be sent: by the id of an earlier upload of the same bot, or by its bytes. */
export type Photo = { file: PartFile } & ({ fileId: string } | { bytes: Buffer });

/** The pictures of a message. One whose bytes have been collected meanwhile is left out. @throws InfrastructureError */
export async function loadPhotos(files: readonly PartFile[], context: SendContext): Promise<Photo[]> {
  const photos: Photo[] = [];
  for (const file of files) {
    const fileId = await context.knownFile(file);
    const photo = fileId === null ? await uploadOf(file, context) : { file, fileId };
    if (photo) photos.push(photo);
  }
  return photos;
}

/** The same pictures by their bytes. */
export async function withBytes(photos: readonly Photo[], context: SendContext): Promise<Photo[]> {
  const uploads = photos.map(async (photo) => ('bytes' in photo ? photo : await uploadOf(photo.file, context)));
  return (await Promise.all(uploads)).filter((photo) => photo !== null);
}

async function uploadOf(file: PartFile, context: SendContext): Promise<Photo | null> {
  try {
    return { file, bytes: Buffer.from(await context.readFile(file)) };
  } catch (error) {
    if (isVaultError(error) && error.name === 'NotFound') return null;
    throw error;
  }
}
