import { z } from 'zod';
import {
  bearerToken,
  bucketName,
  choice,
  cookie,
  cookies,
  crashPlace,
  flag,
  headerList,
  httpUrl,
  integer,
  keyPrefix,
  list,
  optional,
  overrides,
  ratio,
  secretsKeys,
  text,
  timeOfDay,
  traceUrl,
} from './env-fields.ts';
import { origins, productionFaults } from './env-production.ts';
import { readSecretFiles } from './secret-files.ts';

/**
 * The environment: read here and nowhere else, validated once at boot, handed out as one typed, nested object.
 * An error names the variable. Every variable stands in `.env.example`.
 */

/** Which traces are recorded, by the names of OpenTelemetry. `parentbased`: whoever began the trace has decided. */
const traceSamplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const variables = z.object({
  NODE_ENV: optional,
  DEBUG: optional,
  DATABASE_URL: optional,
  QUEUE_TYPE: choice(['postgres', 'bullmq'], 'postgres'),
  REDIS_URL: optional.refine(
    (value) => value === undefined || /^rediss?:\/\/[^/]+/.test(value),
    'must begin with redis:// or rediss:// (TLS)',
  ),
  QUEUE_FALLBACK: choice(['postgres', 'none'], 'postgres'),
  QUEUE_BOARD: flag(false),
  STORAGE_BACKEND: choice(['local', 's3'], 'local'),
  STORAGE_LOCAL_ROOT: optional,
  STORAGE_S3_ENDPOINT: httpUrl,
  STORAGE_S3_PUBLIC_ENDPOINT: httpUrl,
  STORAGE_S3_REGION: text.optional().transform((value) => value || 'us-east-1'),
  STORAGE_S3_BUCKET: bucketName,
  STORAGE_S3_PREFIX: keyPrefix,
  STORAGE_S3_ADDRESSING: choice(['path', 'virtual'], 'path'),
  STORAGE_S3_ACCESS_KEY: optional,
  STORAGE_S3_SECRET_KEY: optional,
  STORAGE_PUBLIC_BASE_URL: httpUrl,
  STORAGE_VERIFY_DAILY_MB: integer(2_000, 0, 1_000_000_000),
  STORAGE_PRESIGN_EXPIRES: integer(3_600, 60, 604_800),
  ENABLE_ARCHIVE_MEDIA_PROCESSING: flag(true),
  ARCHIVE_IMAGE_WEBP_QUALITY: integer(80, 1, 100),
  ARCHIVE_IMAGE_MAX_COUNT: integer(100, 0, 1_000),
  API_HOST: text.optional().transform((value) => value || '127.0.0.1'),
  API_PORT: integer(8_000, 0, 65_535),
  API_TOKEN: optional.refine((value) => value === undefined || value.length >= 16, 'must have at least 16 characters'),
  API_RATE_LIMIT: integer(1_200, 0, 1_000_000),
  API_TRUSTED_PROXIES: integer(0, 0, 10),
  CORS_ALLOWED_ORIGINS: origins,
  SHUTDOWN_DRAIN: integer(0, 0, 300),
  METRICS_HOST: optional,
  METRICS_PORT: integer(9_464, 0, 65_535),
  DB_DEPLOY_ON_START: flag(false),
  DATA_DIR: text.optional().transform((value) => value || './data'),
  SECRETS_KEY: secretsKeys,
  SECRETS_KEY_LOST: flag(false),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'info'),
  LOG_FORMAT: optional.pipe(z.enum(['json', 'pretty']).optional()),
  LOG_FILE: optional,
  LOG_FILE_MAX_MB: integer(20, 1, 10_000),
  LOG_FILE_COUNT: integer(5, 1, 1_000),
  HTTP_PROXY: httpUrl,
  HTTPS_PROXY: httpUrl,
  FETCH_HOST_OVERRIDES: overrides,
  FETCH_ALLOW_HOSTS: list,
  PARSE_CONCURRENCY: integer(16, 1, 256),
  MEDIA_CONCURRENCY: integer(2, 1, 256),
  PLAN_CONCURRENCY: integer(4, 1, 256),
  PUSH_CONCURRENCY: integer(8, 1, 256),
  PLATFORM_CANARIES: list,
  RETENTION_EVENTS_MONTHS: integer(13, 1, 1_200),
  RETENTION_DELETED_DAYS: integer(30, 1, 36_500),
  RETENTION_DEAD_LETTERS_DAYS: integer(30, 1, 36_500),
  RETENTION_OPEN_DEAD_LETTERS_DAYS: integer(365, 1, 36_500),
  BACKUP_DIR: optional,
  BACKUP_NIGHTLY: choice(['auto', 'true', 'false'], 'auto'),
  BACKUP_AT: timeOfDay('03:00'),
  BACKUP_KEEP_DAYS: integer(7, 1, 36_500),
  BACKUP_PASSPHRASE: optional.refine(
    (value) => value === undefined || value.length >= 12,
    'must have at least 12 characters',
  ),
  BILIBILI_SESSDATA: cookie,
  BILIBILI_BILI_JCT: cookie,
  BILIBILI_BUVID3: cookie,
  WEIBO_COOKIE: cookies,
  XIAOHONGSHU_COOKIE: cookies,
  ZHIHU_COOKIE: cookies,
  YOUTUBE_COOKIE: cookies,
  REDDIT_COOKIE: cookies,
  GITHUB_TOKEN: bearerToken,
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl,
  VAULTSTREAM_REVISION: optional.refine(
    (value) => value === undefined || /^[\w.-]{1,64}$/.test(value),
    'must be the name of a commit: 64 letters, digits, dots and hyphens at most',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl,
  OTEL_EXPORTER_OTLP_HEADERS: headerList,
  OTEL_SDK_DISABLED: flag(false),
  OTEL_SERVICE_NAME: optional,
  OTEL_TRACES_SAMPLER: choice(traceSamplers, 'parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: ratio,
  OTEL_BSP_SCHEDULE_DELAY: integer(5_000, 10, 600_000),
  OTEL_BSP_MAX_QUEUE_SIZE: integer(2_048, 1, 1_000_000),
  TRACE_SQL: flag(false),
  TRACE_UI_URL: traceUrl,
  VS_CRASH_AT: crashPlace,
  VS_PARENT_PID: integer(0, 0, 2 ** 31 - 1),
  TELEGRAM_BOT_TOKEN: optional.refine(
    (value) => value === undefined || /^\d{1,19}:[\w-]{20,}$/.test(value),
    'must be a bot token such as @BotFather gives it (123456:...)',
  ),
});

/** Names of all variables, for what describes them. */
export const environmentVariables: readonly string[] = Object.keys(variables.shape);

/** Settings that a variable may give, by their keys. A row of the database goes before it. */
const settingVariables = {
  'platform.bilibili.sessdata': 'BILIBILI_SESSDATA',
  'platform.bilibili.bili_jct': 'BILIBILI_BILI_JCT',
  'platform.bilibili.buvid3': 'BILIBILI_BUVID3',
  'platform.weibo.cookie': 'WEIBO_COOKIE',
  'platform.xiaohongshu.cookie': 'XIAOHONGSHU_COOKIE',
  'platform.zhihu.cookie': 'ZHIHU_COOKIE',
  'platform.youtube.cookie': 'YOUTUBE_COOKIE',
  'platform.reddit.cookie': 'REDDIT_COOKIE',
  'platform.github.token': 'GITHUB_TOKEN',
} as const satisfies Record<string, keyof z.infer<typeof variables>>;

/** Values of the old version that no longer exist, each with the line that explains it. */
const retired: [name: string, value: string, explanation: string][] = [
  [
    'DATABASE_TYPE',
    'sqlite',
    'DATABASE_TYPE=sqlite no longer exists: leave DATABASE_URL empty and VaultStream runs its own embedded Postgres in DATA_DIR.',
  ],
  ['QUEUE_TYPE', 'sqlite', 'QUEUE_TYPE=sqlite no longer exists: use QUEUE_TYPE=postgres (the default) or bullmq.'],
];

/** How to reach an S3. */
export interface S3Settings {
  /** Undefined: AWS, by the region. */
  endpoint: string | undefined;
  /** Where browsers reach it; undefined: where we do. */
  publicEndpoint: string | undefined;
  region: string;
  bucket: string;
  /** Before every key: empty, or ends with a slash. */
  prefix: string;
  /** `http://host/bucket/key` or `http://bucket.host/key`. */
  addressing: 'path' | 'virtual';
  /** Undefined: what the AWS SDK finds (a role of the machine, the pod or the environment). */
  credentials: { accessKey: string; secretKey: string } | undefined;
}

/** How traces are exported. */
export interface TracingSettings {
  /** Of the OTLP receiver: `http://host:4318/v1/traces`. */
  url: string;
  /** What its requests bear, such as a key. */
  headers: Record<string, string>;
  /** In place of the process's own name. */
  serviceName: string | undefined;
  sampler: (typeof traceSamplers)[number];
  /** The part of the traces that begin here and are recorded: 0 to 1. For the samplers by ratio. */
  ratio: number;
  /** Milliseconds until finished spans are sent. */
  delayMs: number;
  /** Most finished spans that wait to be sent; more are dropped. */
  queueSize: number;
  /** A span for each statement of SQL too: four fifths of all spans. */
  statements: boolean;
  /** Whether there is an object store whose calls can be spans. */
  objectStore: boolean;
}

/** The environment is not usable. `message` names each variable, one a line. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

export class Env {
  /** A `#` field: neither JSON nor an inspector shows it, and it holds every secret of the process. */
  readonly #values: z.infer<typeof variables>;

  private constructor(values: z.infer<typeof variables>) {
    this.#values = values;
  }

  /**
   * @param source Environment variables, `process.env` unless a test brings its own. Secrets may stand in files: `<NAME>_FILE`.
   * @throws EnvError naming each bad variable.
   */
  static load(source: NodeJS.ProcessEnv = process.env): Env {
    for (const [name, value, explanation] of retired) if (source[name] === value) throw new EnvError(explanation);
    const given = readSecretFiles(source);
    if (given.problems.length > 0) throw new EnvError(given.problems.join('\n'));
    const result = variables.safeParse(given.values);
    if (!result.success)
      throw new EnvError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
    const values = result.data;
    if (values.QUEUE_TYPE === 'bullmq' && !values.REDIS_URL)
      throw new EnvError('REDIS_URL: is needed when QUEUE_TYPE=bullmq');
    if (values.STORAGE_BACKEND === 's3' && !values.STORAGE_S3_BUCKET)
      throw new EnvError('STORAGE_S3_BUCKET: is needed when STORAGE_BACKEND=s3');
    if (!values.STORAGE_S3_ACCESS_KEY !== !values.STORAGE_S3_SECRET_KEY)
      throw new EnvError('STORAGE_S3_ACCESS_KEY, STORAGE_S3_SECRET_KEY: one is of no use without the other');
    const faults = values.NODE_ENV === 'production' ? productionFaults(values) : [];
    if (faults.length > 0) throw new EnvError(faults.join('\n'));
    return new Env(values);
  }

  /** A copy with some variables replaced: what `standalone` does once it knows its embedded parts. */
  with(values: Partial<z.infer<typeof variables>>): Env {
    return new Env({ ...this.#values, ...values });
  }

  get dataDir() {
    return this.#values.DATA_DIR;
  }
  /** `postgresql://...`; undefined means embedded. */
  get databaseUrl() {
    return this.#values.DATABASE_URL;
  }
  /** Whether a scaled process brings the database up to date itself, instead of waiting until somebody has. */
  get deployOnStart() {
    return this.#values.DB_DEPLOY_ON_START;
  }
  get queue() {
    return {
      type: this.#values.QUEUE_TYPE,
      redisUrl: this.#values.REDIS_URL,
      /** Who carries the work while Redis is away. */
      fallback: this.#values.QUEUE_FALLBACK,
    };
  }
  /** Whether the API shows Bull Board. */
  get queueBoard() {
    return this.#values.QUEUE_BOARD;
  }
  get storage() {
    return {
      backend: this.#values.STORAGE_BACKEND,
      /** Folder of the local driver. */
      localRoot: this.#values.STORAGE_LOCAL_ROOT ?? `${this.#values.DATA_DIR}/blobs`,
      /** Where a browser reaches stored files; undefined: links are relative to the API. */
      publicBaseUrl: this.#values.STORAGE_PUBLIC_BASE_URL,
      /** Life of a signed link: seconds. */
      presignExpiresS: this.#values.STORAGE_PRESIGN_EXPIRES,
      /** Bytes that are read and checked a day; 0: none. */
      verifyDailyBytes: this.#values.STORAGE_VERIFY_DAILY_MB * 1_000_000,
    };
  }
  /** The S3 driver; undefined unless STORAGE_BACKEND=s3. */
  get s3(): S3Settings | undefined {
    const values = this.#values;
    if (values.STORAGE_BACKEND !== 's3' || values.STORAGE_S3_BUCKET === undefined) return undefined;
    const { STORAGE_S3_ACCESS_KEY: accessKey, STORAGE_S3_SECRET_KEY: secretKey } = values;
    return {
      endpoint: values.STORAGE_S3_ENDPOINT,
      publicEndpoint: values.STORAGE_S3_PUBLIC_ENDPOINT,
      region: values.STORAGE_S3_REGION,
      bucket: values.STORAGE_S3_BUCKET,
      prefix: values.STORAGE_S3_PREFIX,
      addressing: values.STORAGE_S3_ADDRESSING,
      credentials: accessKey === undefined || secretKey === undefined ? undefined : { accessKey, secretKey },
    };
  }
  get archive() {
    return {
      enabled: this.#values.ENABLE_ARCHIVE_MEDIA_PROCESSING,
      webpQuality: this.#values.ARCHIVE_IMAGE_WEBP_QUALITY,
      maxImages: this.#values.ARCHIVE_IMAGE_MAX_COUNT,
    };
  }
  get api() {
    return {
      host: this.#values.API_HOST,
      port: this.#values.API_PORT,
      bootstrapToken: this.#values.API_TOKEN,
      /** Requests a minute and token; 0 switches the limit off. */
      rateLimitPerMinute: this.#values.API_RATE_LIMIT,
      /** How many proxies in front of us add to `X-Forwarded-For`; 0: none is believed. */
      trustedProxies: this.#values.API_TRUSTED_PROXIES,
      /** Origins whose pages may call the API; `*` is any, empty none. */
      corsOrigins: this.#values.CORS_ALLOWED_ORIGINS as readonly string[],
    };
  }
  /** Where a scaled process answers probes and `/metrics`. The port's default is that of OpenTelemetry's Prometheus exporter. */
  get metrics() {
    return { host: this.#values.METRICS_HOST ?? this.#values.API_HOST, port: this.#values.METRICS_PORT };
  }
  /** How long `/readyz` says 503 before connections close, so that a load balancer notices: milliseconds. */
  get shutdownDrainMs() {
    return this.#values.SHUTDOWN_DRAIN * 1_000;
  }
  /** 32 bytes each: the first seals, all open. Empty only before `standalone` has made one. */
  get secretsKeys(): Buffer[] {
    return (this.#values.SECRETS_KEY?.split(',') ?? []).map((key) => Buffer.from(key, 'base64'));
  }
  /** A person says that the earlier key for secrets is lost for good: a new one may take its place. */
  get secretsKeyLost() {
    return this.#values.SECRETS_KEY_LOST;
  }
  get log() {
    const { LOG_FILE: path, LOG_FILE_MAX_MB: maxMb, LOG_FILE_COUNT: count } = this.#values;
    return {
      /** Where lines go as well; undefined: nowhere. */
      file: path === undefined ? undefined : { path, maxBytes: maxMb * 1_000_000, count },
      level: this.#values.LOG_LEVEL,
      format: this.#values.LOG_FORMAT ?? (process.stdout.isTTY ? ('pretty' as const) : ('json' as const)),
    };
  }
  get fetch() {
    return {
      httpProxy: this.#values.HTTP_PROXY,
      httpsProxy: this.#values.HTTPS_PROXY,
      /** Public host to the base URL that answers for it. */
      hostOverrides: this.#values.FETCH_HOST_OVERRIDES as ReadonlyMap<string, URL>,
      /** Hosts or CIDRs that may be private. */
      allowHosts: this.#values.FETCH_ALLOW_HOSTS as readonly string[],
    };
  }
  get concurrency() {
    return {
      parse: this.#values.PARSE_CONCURRENCY,
      media: this.#values.MEDIA_CONCURRENCY,
      plan: this.#values.PLAN_CONCURRENCY,
      push: this.#values.PUSH_CONCURRENCY,
      upkeep: 2,
    };
  }
  /** Ids of platforms whose example is read every day, or `all`; empty: nobody is asked unasked. */
  get canaries(): readonly string[] {
    return this.#values.PLATFORM_CANARIES;
  }
  get retention() {
    return {
      /** Whole months that events are kept. */
      eventsMonths: this.#values.RETENTION_EVENTS_MONTHS,
      /** Days after which a deleted content is emptied. */
      deletedDays: this.#values.RETENTION_DELETED_DAYS,
      /** Days that a dead letter is kept after it was replayed or discarded. */
      deadLettersDays: this.#values.RETENTION_DEAD_LETTERS_DAYS,
      /** Days after which a dead letter that nobody has dealt with is discarded. */
      openDeadLettersDays: this.#values.RETENTION_OPEN_DEAD_LETTERS_DAYS,
    };
  }
  get backup() {
    return {
      /** Folder of backups. */
      dir: this.#values.BACKUP_DIR ?? `${this.#values.DATA_DIR}/backups`,
      /** Whether one is made each night; `auto`: where the database is our own. */
      nightly: this.#values.BACKUP_NIGHTLY,
      /** When, in minutes since midnight, by this machine's clock. */
      atMinutes: this.#values.BACKUP_AT,
      /** Days that nightly ones are kept. */
      keepDays: this.#values.BACKUP_KEEP_DAYS,
      /** Under which the key for secrets is kept in a backup; undefined: it is left out. */
      passphrase: this.#values.BACKUP_PASSPHRASE,
    };
  }
  /** Values of settings by key, such as `platform.bilibili.sessdata`: what holds while the database says nothing. */
  get settings(): ReadonlyMap<string, string> {
    const given = Object.entries(settingVariables).map(([key, name]) => [key, this.#values[name]] as const);
    return new Map(given.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
  /** Makes the first bot for pushing to Telegram. */
  get telegramBotToken() {
    return this.#values.TELEGRAM_BOT_TOKEN;
  }
  /** Where this process is to die: for tests. */
  get crashAt() {
    return this.#values.VS_CRASH_AT;
  }
  /** The process whose child this one is to be: it ends in order once that is gone. Undefined: it stands alone. */
  get parentPid() {
    return this.#values.VS_PARENT_PID || undefined;
  }
  /** The commit that this was built from; an image sets it. */
  get revision() {
    return this.#values.VAULTSTREAM_REVISION;
  }
  /** Where traces go and which; undefined: nowhere. */
  get tracing(): TracingSettings | undefined {
    const values = this.#values;
    const base = values.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, '');
    const url = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base && `${base}/v1/traces`);
    if (url === undefined || values.OTEL_SDK_DISABLED) return undefined;
    return {
      url,
      headers: values.OTEL_EXPORTER_OTLP_HEADERS,
      serviceName: values.OTEL_SERVICE_NAME,
      sampler: values.OTEL_TRACES_SAMPLER,
      // 1 where none is given, as OpenTelemetry has it.
      ratio: values.OTEL_TRACES_SAMPLER_ARG ?? 1,
      delayMs: values.OTEL_BSP_SCHEDULE_DELAY,
      queueSize: values.OTEL_BSP_MAX_QUEUE_SIZE,
      statements: values.TRACE_SQL,
      objectStore: values.STORAGE_BACKEND === 's3',
    };
  }
  /** Address of a page that shows a trace, with `{trace_id}` in it; undefined: there is none. */
  get traceUiUrl() {
    return this.#values.TRACE_UI_URL;
  }
}
