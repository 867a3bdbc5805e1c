import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Env, EnvError } from './env.ts';

const key = Buffer.alloc(32, 7).toString('base64');

describe('Env', () => {
  it('has a default for everything', () => {
    const env = Env.load({});
    expect(env.api).toEqual({
      host: '127.0.0.1',
      port: 8_000,
      bootstrapToken: undefined,
      rateLimitPerMinute: 1_200,
      trustedProxies: 0,
      corsOrigins: [],
    });
    expect(env.queue.type).toBe('postgres');
    expect(env.storage.localRoot).toBe('./data/blobs');
    expect(env.shutdownDrainMs).toBe(0);
  });

  it('takes an empty variable for an absent one', () => {
    const names = ['API_PORT', 'LOG_LEVEL', 'DATABASE_URL', 'ENABLE_ARCHIVE_MEDIA_PROCESSING', 'API_TOKEN', 'DATA_DIR'];
    const env = Env.load(Object.fromEntries(names.map((name) => [name, ''])));
    expect(env.api.port).toBe(8_000);
    expect(env.archive.enabled).toBe(true);
    expect(env.dataDir).toBe('./data');
  });

  it.each([
    ['API_PORT', '65536'],
    ['API_PORT', '8e3'],
    ['API_PORT', '-1'],
    ['LOG_LEVEL', 'loud'],
    ['QUEUE_TYPE', 'rabbit'],
    ['QUEUE_FALLBACK', 'sqlite'],
    ['REDIS_URL', 'localhost:6379'],
    ['SECRETS_KEY', 'short'],
    ['SECRETS_KEY', `${key},`],
    ['API_TOKEN', 'short'],
    ['HTTPS_PROXY', 'socks5://127.0.0.1'],
    ['FETCH_HOST_OVERRIDES', 'example.com'],
    ['FETCH_HOST_OVERRIDES', 'example.com=ftp://127.0.0.1'],
    ['ENABLE_ARCHIVE_MEDIA_PROCESSING', 'maybe'],
    ['BILIBILI_SESSDATA', 'a; b=c'],
    ['WEIBO_COOKIE', 'SUB'],
    ['XIAOHONGSHU_COOKIE', 'a1=x y'],
    ['ZHIHU_COOKIE', 'd_c0=x;; y'],
    ['STORAGE_S3_ENDPOINT', 'minio:9000'],
    ['STORAGE_S3_BUCKET', 'Vault_Stream'],
    ['STORAGE_S3_PREFIX', 'a/../b'],
    ['STORAGE_S3_ADDRESSING', 'host'],
    ['CORS_ALLOWED_ORIGINS', 'https://console.example.com/'],
    ['CORS_ALLOWED_ORIGINS', 'console.example.com'],
    ['CORS_ALLOWED_ORIGINS', 'null'],
  ])('names %s when it is "%s"', (name, value) => {
    expect(() => Env.load({ [name]: value })).toThrow(EnvError);
    expect(() => Env.load({ [name]: value })).toThrow(new RegExp(`^${name}: `));
  });

  it('names every bad variable, one a line', () => {
    expect(() => Env.load({ API_PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/^API_PORT: .*\nLOG_LEVEL: /);
  });

  it.each([
    ['DATABASE_TYPE', 'sqlite'],
    ['QUEUE_TYPE', 'sqlite'],
  ])('explains the retired %s=%s in one line', (name, value) => {
    expect(() => Env.load({ [name]: value })).toThrow(/^.*no longer exists.*$/);
  });

  it('needs REDIS_URL for bullmq', () => {
    expect(() => Env.load({ QUEUE_TYPE: 'bullmq' })).toThrow(/^REDIS_URL: /);
    expect(Env.load({ QUEUE_TYPE: 'bullmq', REDIS_URL: 'redis://r' }).queue.type).toBe('bullmq');
  });

  it('needs a bucket for s3, and both halves of the credentials or none', () => {
    expect(() => Env.load({ STORAGE_BACKEND: 's3' })).toThrow(/^STORAGE_S3_BUCKET: /);
    const s3 = { STORAGE_BACKEND: 's3', STORAGE_S3_BUCKET: 'vault' };
    expect(() => Env.load({ ...s3, STORAGE_S3_ACCESS_KEY: 'a' })).toThrow(
      /^STORAGE_S3_ACCESS_KEY, STORAGE_S3_SECRET_KEY: /,
    );
    expect(Env.load(s3).s3).toMatchObject({ bucket: 'vault', region: 'us-east-1', prefix: '', addressing: 'path' });
    const full = { ...s3, STORAGE_S3_PREFIX: '/a/b', STORAGE_S3_ACCESS_KEY: 'a', STORAGE_S3_SECRET_KEY: 'b' };
    expect(Env.load(full).s3).toMatchObject({ prefix: 'a/b/', credentials: { accessKey: 'a', secretKey: 'b' } });
    expect(Env.load({ STORAGE_S3_BUCKET: 'vault' }).s3).toBeUndefined();
  });

  it('reads lists and overrides', () => {
    const { fetch } = Env.load({
      FETCH_ALLOW_HOSTS: ' 10.0.0.0/8, intranet ,',
      FETCH_HOST_OVERRIDES: 'API.example.com=http://127.0.0.1:9901/x=y',
    });
    expect(fetch.allowHosts).toEqual(['10.0.0.0/8', 'intranet']);
    expect(fetch.hostOverrides.get('api.example.com')?.href).toBe('http://127.0.0.1:9901/x=y');
  });

  it('exports traces where there is a receiver, and all of them unless told otherwise', () => {
    expect(Env.load({}).tracing).toBeUndefined();
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318/';
    expect(Env.load({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' }).tracing).toBeUndefined();
    expect(Env.load({ OTEL_EXPORTER_OTLP_ENDPOINT }).tracing).toMatchObject({
      url: 'http://collector:4318/v1/traces',
      sampler: 'parentbased_always_on',
      ratio: 1,
      statements: false,
    });
    const more = {
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://other/take',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20Zm9v, x-key = a=b',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '.25',
    };
    expect(Env.load(more).tracing).toMatchObject({
      url: 'https://other/take',
      headers: { authorization: 'Basic Zm9v', 'x-key': 'a=b' },
      sampler: 'parentbased_traceidratio',
      ratio: 0.25,
    });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'canary'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zz-canary'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=b%0d%0acanary'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
    ['OTEL_TRACES_SAMPLER_ARG', 'half'],
    ['TRACE_UI_URL', 'http://jaeger/trace/'],
    ['TRACE_UI_URL', 'javascript:alert({trace_id})'],
  ])('refuses %s=%s by name, and shows no secret', (name, value) => {
    const load = () => Env.load({ [name]: value });
    expect(load).toThrow(new RegExp(`^${name}: `));
    expect(load).not.toThrow(/canary/);
  });

  it('makes a copy with some values replaced', () => {
    const env = Env.load({ API_PORT: '9000' });
    expect(env.with({ DATABASE_URL: 'postgresql://x' }).databaseUrl).toBe('postgresql://x');
    expect(env.with({}).api.port).toBe(9_000);
    expect(env.databaseUrl).toBeUndefined();
  });

  it('gives settings by their keys, those alone that are there', () => {
    const cookies = 'SUB=_2A25; SUBP="0033=="; XSRF-TOKEN=';
    const env = Env.load({ BILIBILI_SESSDATA: ' abc%2C1 ', BILIBILI_BUVID3: '', WEIBO_COOKIE: `${cookies} ` });
    expect([...env.settings]).toEqual([
      ['platform.bilibili.sessdata', 'abc%2C1'],
      ['platform.weibo.cookie', cookies],
    ]);
  });

  it('A16: shows no secret to JSON or an inspector', () => {
    const env = Env.load({ SECRETS_KEY: key, API_TOKEN: 'canary-canary-canary', BILIBILI_SESSDATA: 'canary' });
    expect(env.secretsKeys.map(({ length }) => length)).toEqual([32]);
    expect(Env.load({ SECRETS_KEY: `${key},${key}` }).secretsKeys).toHaveLength(2);
    const shown = JSON.stringify(env) + inspect(env, { depth: 9, showHidden: true });
    expect(shown).not.toContain('canary');
    expect(shown).not.toContain(key);
  });
});
