import { readFileSync } from 'node:fs';

/** Variables that keep a secret, or an address with a password in it: each may stand in a file that `<NAME>_FILE` names. */
export const secretVariables = [
  'DATABASE_URL',
  'REDIS_URL',
  'SECRETS_KEY',
  'API_TOKEN',
  'STORAGE_S3_ACCESS_KEY',
  'STORAGE_S3_SECRET_KEY',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'BILIBILI_SESSDATA',
  'BILIBILI_BILI_JCT',
  'BILIBILI_BUVID3',
  'WEIBO_COOKIE',
  'XIAOHONGSHU_COOKIE',
  'ZHIHU_COOKIE',
  'YOUTUBE_COOKIE',
  'REDDIT_COOKIE',
  'GITHUB_TOKEN',
  'TELEGRAM_BOT_TOKEN',
  'BACKUP_PASSPHRASE',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const;

/** Far above every secret: a file that is longer is another one than was meant. Characters. */
const maxLength = 65_536;

/**
 * The environment with the values of all files that `<NAME>_FILE` variables name, as Docker's and Kubernetes' secrets are mounted. White
 * space around a value is no part of it. Empty variables count as absent.
 * @returns `problems`: one line for each file that cannot be used, naming its variable
 */
export function readSecretFiles(source: NodeJS.ProcessEnv): { values: NodeJS.ProcessEnv; problems: string[] } {
  const values = { ...source };
  const problems: string[] = [];
  for (const name of secretVariables) {
    const file = source[`${name}_FILE`]?.trim();
    if (!file) continue;
    if (source[name]?.trim()) {
      problems.push(`${name}, ${name}_FILE: only one of them can be set`);
      continue;
    }
    try {
      const text = readFileSync(file, 'utf8').trim();
      if (text === '') problems.push(`${name}_FILE: ${file} is empty`);
      else if (text.length > maxLength) problems.push(`${name}_FILE: ${file} is too long for a secret`);
      else values[name] = text;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      problems.push(`${name}_FILE: ${file} cannot be read (${code ?? 'unknown reason'})`);
    }
  }
  return { values, problems };
}
