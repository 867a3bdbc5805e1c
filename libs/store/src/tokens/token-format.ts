import { createHash, randomBytes, randomInt } from 'node:crypto';

const idAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const idLength = 8;
/** 256 bits: no one guesses it, so a plain hash is enough to store it. */
const secretBytes = 32;

/** A new token, and the part of it that people may see. */
export interface MintedToken {
  token: string;
  prefix: string;
}

/** `vs_<8 characters>_<43 characters of base64url>`. */
export function mintToken(): MintedToken {
  const id = Array.from({ length: idLength }, () => idAlphabet[randomInt(idAlphabet.length)]).join('');
  const prefix = `vs_${id}`;
  return { prefix, token: `${prefix}_${randomBytes(secretBytes).toString('base64url')}` };
}

/** SHA-256, hex: what the database keeps. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
