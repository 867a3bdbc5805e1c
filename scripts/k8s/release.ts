import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tags that are also good as the end of an object's name, once their dots are hyphens. */
const tagPattern = /^[a-z0-9](?:[a-z0-9.-]{0,38}[a-z0-9])?$/;

/** How the migration of a release is called: a Job cannot be changed, so each release has one of its own. */
export const migrationSuffix = (tag: string): string => `-${tag.replaceAll('.', '-')}`;

/**
 * Writes the tag of a release into an overlay: its images, and the image and the name of its migration.
 * @returns The files that were written.
 * @throws Error when it cannot be a tag, or a file has no image of ours.
 */
export function writeRelease(overlay: string, tag: string): string[] {
  if (!tagPattern.test(tag))
    throw new Error(`"${tag}" cannot be used: up to 40 lower-case letters, digits, dots and hyphens, such as v1.2.3`);
  const files = ['kustomization.yaml', 'migrate/kustomization.yaml'].map((name) => join(overlay, name));
  for (const file of files) {
    const before = readFileSync(file, 'utf8');
    const after = before
      .replace(/(name: vaultstream\/[a-z-]+,(?: newName: [^,]+,)? newTag: )[^ }]+/g, `$1${tag}`)
      .replace(/^nameSuffix: .*$/m, `nameSuffix: ${migrationSuffix(tag)}`);
    if (!/name: vaultstream\/[a-z-]+,/.test(before)) throw new Error(`${file} names no image of VaultStream`);
    writeFileSync(file, after);
  }
  return files;
}
