import { pino, stdTimeFunctions, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { currentContext } from './context.ts';
import { toLoggedError } from './log-error.ts';
import { redactText } from './redact.ts';
import { toTerminalLine } from './terminal-log.ts';

/** A pino logger: one JSON object a line, with the running request's or task's ids in it. */
export type Logger = PinoLogger;

/** Injection token of the process's logger. */
export const LOGGER = Symbol('LOGGER');

/** Field names whose values never reach a log line, at the top and one level down. */
const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'api_token',
  'bot_token',
  'x-api-token',
  'set-cookie',
  'webhook-signature',
];

/** Levels at which a terminal gets every field of every line. */
const detailed = new Set(['debug', 'trace']);

/**
 * Secrets are taken out twice: by name from the fields above, whatever their value, and by shape from the finished line
 * (`redactText`), which also reaches messages, stacks, causes and whatever is nested deeper.
 * @param service Name of the process, such as `standalone`.
 * @param options `stream` is where lines go (stdout). `pretty` is one line an event for a person, and all fields from debug on.
 */
export function createLogger(
  service: string,
  options: { level: string; format: 'json' | 'pretty'; stream?: NodeJS.WritableStream },
): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: { service },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: { paths: secretFields.flatMap((field) => [`["${field}"]`, `*["${field}"]`]), censor: '[redacted]' },
    mixin: contextFields,
    serializers: { err: toLoggedError, error: toLoggedError, cause: toLoggedError },
    hooks: { streamWrite: redactText },
  };
  const { stream = process.stdout } = options;
  if (options.format === 'pretty' && !detailed.has(options.level)) {
    // Written at once, so that nothing comes after what is printed beside the log.
    const write = (line: string) => {
      const told = toTerminalLine(line);
      if (told !== null) stream.write(`${told}\n`);
    };
    return pino(settings, { write });
  }
  if (options.format === 'pretty')
    return pino({
      ...settings,
      formatters: {},
      transport: { target: 'pino-pretty', options: { messageKey: 'message' } },
    });
  return options.stream ? pino(settings, options.stream) : pino(settings);
}

function contextFields(): Record<string, unknown> {
  const context = currentContext();
  if (!context) return {};
  return {
    request_id: context.requestId,
    trace_id: context.traceId,
    ...(context.contentId === undefined ? {} : { content_id: context.contentId }),
    ...(context.taskId === undefined ? {} : { task_id: context.taskId }),
    ...(context.targetId === undefined ? {} : { target_id: context.targetId }),
  };
}
