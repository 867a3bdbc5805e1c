import type { LoggerService } from '@nestjs/common';
import { isError } from './is-error.ts';
import type { Logger } from './logger.ts';

/**
 * Lets Nest write to our logger. What Nest calls "log" is its own boot chatter (one line a route), so it comes out at debug.
 * The last parameter is Nest's context, such as `RouterExplorer`.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const [stack] = rest.slice(0, -1);
    const fields = {
      ...(typeof context === 'string' ? { nest: context } : {}),
      ...(typeof stack === 'string' ? { stack } : {}),
      ...(isError(message) ? { err: message } : {}),
    };
    this.logger[level](fields, textOf(message));
  }
}

function textOf(message: unknown): string {
  if (isError(message)) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
