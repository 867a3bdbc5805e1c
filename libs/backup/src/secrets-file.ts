import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BadPayload, InvalidInput, NotFound } from '@vaultstream/contracts';
import { z } from 'zod';

/** The key for secrets, under a passphrase. */
const secretsFile = 'secrets.key.json';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** OWASP's recommendation for scrypt (2025): N = 2^17, r = 8, p = 1, which takes 128 MiB. */
const cost = { N: 2 ** 17, r: 8, p: 1 };
/** Bytes. Node's default of 32 MiB is less than the cost takes. */
const maxmem = 256 * 2 ** 20;

const base64 = z.string().transform((text) => Buffer.from(text, 'base64'));
const sealedSchema = z.strictObject({
  kdf: z.literal('scrypt'),
  N: z.literal(cost.N),
  r: z.literal(cost.r),
  p: z.literal(cost.p),
  cipher: z.literal('aes-256-gcm'),
  salt: base64,
  nonce: base64,
  sealed: base64,
  tag: base64,
});

/** 256 bits, for AES-256-GCM. */
const keyBytes = 32;

/** Writes the keys into a backup. @param keys 32 bytes each; two while one replaces the other. @param name Of the backup: bound into it. */
export async function writeSecretsKeys(
  folder: string,
  keys: readonly Buffer[],
  passphrase: string,
  name: string,
): Promise<void> {
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, salt, 32, { ...cost, maxmem }), nonce);
  cipher.setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(Buffer.concat(keys)), cipher.final()]);
  const parts = { salt, nonce, sealed, tag: cipher.getAuthTag() };
  const texts = Object.fromEntries(Object.entries(parts).map(([part, bytes]) => [part, bytes.toString('base64')]));
  const body = { kdf: 'scrypt', ...cost, cipher: 'aes-256-gcm', ...texts };
  await writeFile(join(folder, secretsFile), `${JSON.stringify(body, null, 2)}\n`, {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  });
}

/**
 * Reads the keys out of a backup: 32 bytes each.
 * @throws InvalidInput for another passphrase than that of the backup (or a damaged file: nobody can tell these apart); NotFound, BadPayload.
 */
export async function readSecretsKeys(folder: string, passphrase: string, name: string): Promise<Buffer[]> {
  const path = join(folder, secretsFile);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new NotFound(`${path} is missing.`, { cause });
  });
  const parsed = sealedSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new BadPayload(`${path} is damaged.`, { cause: parsed.error });
  const { salt, nonce, sealed, tag } = parsed.data;
  const key = await derive(passphrase, salt, 32, { ...cost, maxmem });
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(tag);
    const opened = Buffer.concat([decipher.update(sealed), decipher.final()]);
    return Array.from({ length: Math.ceil(opened.length / keyBytes) }, (_, index) =>
      opened.subarray(index * keyBytes, (index + 1) * keyBytes),
    );
  } catch (cause) {
    throw new InvalidInput(`BACKUP_PASSPHRASE does not open ${path}: it is another one, or the file is damaged.`, [], {
      cause,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
