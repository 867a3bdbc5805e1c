/** Processes of a scaled installation. `npm start` is all of them in one. */
const all = 'all';
const scaled = 'all but `npm start`';
const pages = 'parse-worker';
const pictures = 'media-worker';
const pushes = 'push-dispatcher';
const clock = 'scheduler';

/** Who reads a variable, where it is not every process: by where the code asks `Env` for it. */
const readers: Readonly<Record<string, string>> = {
  DB_DEPLOY_ON_START: scaled,
  METRICS_HOST: scaled,
  METRICS_PORT: scaled,
  STORAGE_VERIFY_DAILY_MB: `${clock}, ${pictures}`,
  API_HOST: 'api; by the others where `METRICS_HOST` is empty',
  API_PORT: 'api',
  API_TOKEN: 'api',
  API_TRUSTED_PROXIES: 'api',
  API_RATE_LIMIT: 'api',
  CORS_ALLOWED_ORIGINS: 'api',
  QUEUE_BOARD: 'api',
  TRACE_UI_URL: 'api',
  TELEGRAM_BOT_TOKEN: 'api',
  PARSE_CONCURRENCY: pages,
  ARCHIVE_IMAGE_MAX_COUNT: pages,
  MEDIA_CONCURRENCY: pictures,
  ARCHIVE_IMAGE_WEBP_QUALITY: pictures,
  ENABLE_ARCHIVE_MEDIA_PROCESSING: `api, ${pages}, ${pictures}`,
  PLAN_CONCURRENCY: pushes,
  PUSH_CONCURRENCY: pushes,
  PLATFORM_CANARIES: `${clock}, ${pages}`,
  BILIBILI_SESSDATA: `api, ${pages}`,
  BILIBILI_BILI_JCT: `api, ${pages}`,
  BILIBILI_BUVID3: `api, ${pages}`,
  WEIBO_COOKIE: `api, ${pages}`,
  XIAOHONGSHU_COOKIE: `api, ${pages}`,
  ZHIHU_COOKIE: `api, ${pages}`,
  YOUTUBE_COOKIE: `api, ${pages}`,
  REDDIT_COOKIE: `api, ${pages}`,
  GITHUB_TOKEN: `api, ${pages}`,
  RETENTION_EVENTS_MONTHS: clock,
  RETENTION_DELETED_DAYS: clock,
  RETENTION_DEAD_LETTERS_DAYS: clock,
  RETENTION_OPEN_DEAD_LETTERS_DAYS: clock,
  BACKUP_DIR: `api, ${clock}, \`npm run backup\``,
  BACKUP_NIGHTLY: clock,
  BACKUP_AT: clock,
  BACKUP_KEEP_DAYS: clock,
  BACKUP_PASSPHRASE: `${clock}, \`npm run backup\`, \`npm run restore\``,
};

/** Variables that not every process reads. */
export const readByFew: readonly string[] = Object.keys(readers);

/** Who reads it, for people. */
export const readersOf = (name: string): string => readers[name] ?? all;
