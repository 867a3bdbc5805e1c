import { Env, EnvError } from '../env.ts';
import { createLogger, type Logger } from '../logger.ts';

/** What a scaled process knows when it starts, before anything is connected to. */
export interface ProcessStart {
  /** Name of the process, such as `parse-worker`. */
  service: string;
  env: Env;
  logger: Logger;
  /** `postgresql://...` */
  databaseUrl: string;
  /** Seal secrets and sign links: 32 bytes each, the one that writes first; the same in all processes. */
  secretsKeys: Buffer[];
}

/**
 * Reads the environment of a process that brings nothing of its own.
 * @throws EnvError with one line for each variable that is bad or missing.
 */
export function readProcessStart(service: string, env = Env.load()): ProcessStart {
  const { databaseUrl, secretsKeys } = env;
  if (databaseUrl === undefined)
    throw new EnvError(
      `DATABASE_URL: is needed by ${service}: the Postgres that all processes share. (npm start brings its own.)`,
    );
  if (secretsKeys.length === 0)
    throw new EnvError(
      `SECRETS_KEY: is needed by ${service}: 32 bytes as base64 (openssl rand -base64 32), the same in all processes`,
    );
  return { service, env, logger: createLogger(service, env.log), databaseUrl, secretsKeys };
}
