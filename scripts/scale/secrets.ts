import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the processes of a local cluster share and nobody else may know. */
export interface ScaleSecrets {
  /** 32 bytes as base64. */
  secretsKey: string;
  apiToken: string;
  redisPassword: string;
  s3AccessKey: string;
  s3SecretKey: string;
}

/** Read from `<dir>/secrets.json`, made at the first start. `fresh`: just now. */
export function ensureSecrets(dir: string): { secrets: ScaleSecrets; file: string; fresh: boolean } {
  const file = join(dir, 'secrets.json');
  if (existsSync(file)) return { secrets: JSON.parse(readFileSync(file, 'utf8')) as ScaleSecrets, file, fresh: false };
  const secrets: ScaleSecrets = {
    secretsKey: randomBytes(32).toString('base64'),
    apiToken: `vs_scale_${randomBytes(24).toString('hex')}`,
    redisPassword: randomBytes(24).toString('hex'),
    s3AccessKey: randomBytes(10).toString('hex'),
    s3SecretKey: randomBytes(20).toString('hex'),
  };
  mkdirSync(dir, { recursive: true });
  // Under its name only when it is whole: a killed first start leaves no half file.
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return { secrets, file, fresh: true };
}
