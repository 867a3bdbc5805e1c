import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Env, EnvError } from './env.ts';
import { secretVariables } from './secret-files.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'vaultstream-secrets-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A file with this text; its path. */
function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

/** What loading this environment throws. */
function refusal(source: NodeJS.ProcessEnv): string {
  try {
    Env.load(source);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  return 'nothing';
}

describe('secrets in files', () => {
  it('are read as if they stood in the variable, without the line end that an editor adds', () => {
    const key = Buffer.alloc(32, 3).toString('base64');
    const env = Env.load({
      DATABASE_URL_FILE: file('url', 'postgresql://vault:pass@db:5432/vault\n'),
      SECRETS_KEY_FILE: file('key', `${key}\r\n`),
      API_TOKEN_FILE: file('token', 'a-token-of-enough-length'),
    });
    expect(env.databaseUrl).toBe('postgresql://vault:pass@db:5432/vault');
    expect(env.secretsKeys.map((one) => one.toString('base64'))).toEqual([key]);
    expect(env.api.bootstrapToken).toBe('a-token-of-enough-length');
  });

  it('stand in files for every variable that keeps one', () => {
    const example = readFileSync(join(import.meta.dirname, '../../../.env.example'), 'utf8');
    const names = [...example.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name);
    const secret =
      /(?:TOKEN|KEY|COOKIE|SESSDATA|JCT|BUVID3|PASSWORD|PASSPHRASE|HEADERS|PROXY)$|^(?:DATABASE|REDIS)_URL$/;
    expect(names.filter((name) => secret.test(name)).sort()).toEqual([...secretVariables].sort());
  });

  it('are not read where the variable of the file is empty, and checked like any other value', () => {
    expect(Env.load({ API_TOKEN_FILE: '' }).api.bootstrapToken).toBeUndefined();
    expect(refusal({ API_TOKEN_FILE: file('short', 'short') })).toBe('API_TOKEN: must have at least 16 characters');
  });

  it('are refused, with the name of the variable, when it is not clear which value holds or there is none', () => {
    const token = file('both', 'a-token-of-enough-length');
    expect(refusal({ API_TOKEN: 'another-token-of-length', API_TOKEN_FILE: token })).toBe(
      'API_TOKEN, API_TOKEN_FILE: only one of them can be set',
    );
    const source = {
      REDIS_URL_FILE: join(dir, 'absent'),
      SECRETS_KEY_FILE: file('empty', ' \n'),
      GITHUB_TOKEN_FILE: dir,
      WEIBO_COOKIE_FILE: file('long', 'x'.repeat(70_000)),
    };
    expect(refusal(source).split('\n').sort()).toEqual([
      `GITHUB_TOKEN_FILE: ${dir} cannot be read (EISDIR)`,
      `REDIS_URL_FILE: ${join(dir, 'absent')} cannot be read (ENOENT)`,
      `SECRETS_KEY_FILE: ${join(dir, 'empty')} is empty`,
      `WEIBO_COOKIE_FILE: ${join(dir, 'long')} is too long for a secret`,
    ]);
  });

  it('never show in what is said about them', () => {
    const url = file('secret-url', 'redis-of-canary-5551');
    expect(refusal({ REDIS_URL_FILE: url })).not.toContain('canary-5551');
  });
});
