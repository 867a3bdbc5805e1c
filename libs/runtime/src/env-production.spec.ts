import { describe, expect, it } from '@jest/globals';
import { Env } from './env.ts';

const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64');
const fit = {
  NODE_ENV: 'production',
  API_TOKEN: 'vs_Zm9vYmFyYmF6cXV4cXV1eA',
  SECRETS_KEY: key,
  DATABASE_URL: 'postgresql://vaultstream:ieNg8uth8Ahv@db:5432/vaultstream',
  REDIS_URL: 'redis://:aeG7oothai9e@redis:6379/0',
  STORAGE_S3_ACCESS_KEY: 'vaultstream',
  STORAGE_S3_SECRET_KEY: 'Phah5phai8oo',
  CORS_ALLOWED_ORIGINS: 'https://console.example.com',
  DEBUG: '',
};

/** The names that an environment is refused for. */
function refusedFor(variables: Record<string, string>): string[] {
  try {
    Env.load(variables);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').map((line) => line.split(':')[0] ?? '');
  }
}

describe('an environment for production', () => {
  it('is taken when it is fit, and also where there is no password', () => {
    expect(refusedFor(fit)).toEqual([]);
    expect(refusedFor({ NODE_ENV: 'production' })).toEqual([]);
    expect(refusedFor({ ...fit, DATABASE_URL: 'postgresql:///vaultstream?host=/run/postgresql', DEBUG: '0' })).toEqual(
      [],
    );
  });

  const unfit: [name: string, value: string][] = [
    ['DEBUG', '*'],
    ['DEBUG', 'true'],
    ['CORS_ALLOWED_ORIGINS', '*'],
    ['API_TOKEN', 'changeme-changeme'],
    ['API_TOKEN', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['API_TOKEN', 'eighteencharacters'],
    ['SECRETS_KEY', Buffer.alloc(32).toString('base64')],
    ['SECRETS_KEY', Buffer.alloc(32, 'ab').toString('base64')],
    ['DATABASE_URL', 'postgresql://vaultstream:postgres@db:5432/vaultstream'],
    ['DATABASE_URL', 'postgresql://vaultstream:Change-Me@db:5432/vaultstream'],
    ['DATABASE_URL', 'postgresql://vaultstream:Ab3f@db:5432/vaultstream'],
    ['REDIS_URL', 'redis://:password@redis:6379'],
    ['STORAGE_S3_SECRET_KEY', 'minioadmin'],
  ];
  it.each(unfit)('is refused for %s', (name, value) => {
    expect(refusedFor({ ...fit, [name]: value })).toEqual([name]);
    // The same is no one's business elsewhere: a machine of one's own, a test.
    if (value.length >= 16 || name !== 'API_TOKEN')
      expect(refusedFor({ ...fit, NODE_ENV: '', [name]: value })).toEqual([]);
  });

  it('names all faults at once, and no value', () => {
    const bad = { ...fit, ...Object.fromEntries(unfit) };
    expect(new Set(refusedFor(bad))).toEqual(new Set(unfit.map(([name]) => name)));
    let message = '';
    try {
      Env.load(bad);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toMatch(/minioadmin|eighteen|Ab3f/);
    expect(message.split('\n')).toHaveLength(new Set(unfit.map(([name]) => name)).size);
  });
});
