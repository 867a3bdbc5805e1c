import { randomBytes } from 'node:crypto';
import { link, lstat, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InfrastructureError } from '@vaultstream/contracts';

/** 256 bits, for AES-256-GCM. */
const keyBytes = 32;

/**
 * The key of an embedded installation: read from `<dataDir>/secrets.key`, made at the first start, before there is a database.
 * It appears under its name only when its bytes are safe on disk: a killed first start leaves no half key.
 * @param lost A person says that the earlier key is lost for good.
 * @returns 32 bytes as base64, or several keys while one is being replaced: the form of SECRETS_KEY.
 * @throws InfrastructureError with one clear line when the file does not hold a key, or is missing beside a database.
 */
export async function ensureSecretsKey(dataDir: string, lost: boolean): Promise<string> {
  const file = join(dataDir, 'secrets.key');
  const known = await readIfThere(file);
  if (known === undefined) {
    if (!lost && (await lstat(join(dataDir, 'postgres')).catch(() => null)))
      throw new InfrastructureError(
        `${file} is missing, and with it the key to the secrets in this database: bring it back from your backup, or set SECRETS_KEY. ` +
          `If it is lost for good, start once with SECRETS_KEY_LOST=true: bots, targets and settings then need their secrets anew.`,
      );
    const draft = `${file}.${process.pid}`;
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file).finally(() => rm(draft, { force: true }));
  }
  return checkedKey(file, known ?? (await readFile(file, 'utf8')));
}

function checkedKey(file: string, text: string): string {
  const key = text.trim();
  if (key.split(',').some((one) => Buffer.from(one, 'base64').length !== keyBytes))
    throw new InfrastructureError(
      `${file} does not hold a key of 32 bytes as base64: restore it, or the stored secrets cannot be read`,
    );
  return key;
}

/** The keys of an embedded installation; null where there is none. @throws InfrastructureError when the file holds something else. */
export async function existingSecretsKeys(dataDir: string): Promise<Buffer[] | null> {
  const text = await readIfThere(join(dataDir, 'secrets.key'));
  if (text === undefined) return null;
  return checkedKey(join(dataDir, 'secrets.key'), text)
    .split(',')
    .map((one) => Buffer.from(one, 'base64'));
}

/**
 * Puts the keys of a backup in the place of those that are there, which are kept beside them.
 * @param keys 32 bytes each.
 */
export async function replaceSecretsKeys(dataDir: string, keys: readonly Buffer[]): Promise<void> {
  const file = join(dataDir, 'secrets.key');
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${keys.map((key) => key.toString('base64')).join(',')}\n`, { mode: 0o600, flush: true });
  if ((await readIfThere(file)) !== undefined)
    await rename(file, `${file}.before-restore-${new Date().toISOString().replaceAll(/[^\dT]/g, '')}`);
  await rename(draft, file);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
