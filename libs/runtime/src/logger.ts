import { pino, stdTimeFunctions, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { activeSpanContext, currentContext } from './context.ts';
import { toLoggedError } from './log-error.ts';
import { LogFile, type LogFileOptions } from './log-file.ts';
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

/** Where lines go. */
interface LineSink {
  write(line: string): unknown;
}

const files = new WeakMap<Logger, LogFile>();

/** The file that a logger writes into beside its stream; undefined: none. */
export function logFileOf(logger: Logger): LogFile | undefined {
  return files.get(logger);
}

/**
 * Secrets are taken out twice: by name from the fields above, whatever their value, and by shape from the finished line
 * (`redactText`), which also reaches messages, stacks, causes and whatever is nested deeper.
 * @param service Name of the process, such as `standalone`.
 * @param options `stream` is where lines go (stdout). `pretty` is one line an event for a person, and all fields from debug on.
 *   `file` gets every line as JSON, whatever the format; `{service}` in its path becomes the name of the process.
 * @throws EnvError when the file cannot be written.
 */
export function createLogger(
  service: string,
  options: {
    level: string;
    format: 'json' | 'pretty';
    stream?: NodeJS.WritableStream;
    file?: LogFileOptions | undefined;
  },
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
  if (options.file === undefined) return createConsoleLogger(settings, options);
  const file = LogFile.open({ ...options.file, path: options.file.path.replaceAll('{service}', service) });
  const console = consoleOf(options) ?? pino.destination({ dest: 1, sync: true });
  const logger = pino(settings, {
    write(line: string) {
      file.write(line);
      console.write(line);
    },
  });
  files.set(logger, file);
  return logger;
}

type ConsoleOptions = Parameters<typeof createLogger>[1];

function createConsoleLogger(settings: LoggerOptions, options: ConsoleOptions): Logger {
  const console = consoleOf(options);
  return console === undefined ? pino(settings) : pino(settings, console);
}

/** Undefined: the logger's own way to stdout. */
function consoleOf({ format, level, stream }: ConsoleOptions): LineSink | undefined {
  if (format === 'json') return stream;
  if (detailed.has(level)) return pino.transport({ target: 'pino-pretty', options: { messageKey: 'message' } });
  const out = stream ?? process.stdout;
  // Written at once, so that nothing comes after what is printed beside the log.
  return {
    write(line) {
      const told = toTerminalLine(line);
      if (told !== null) out.write(`${told}\n`);
    },
  };
}

function contextFields(): Record<string, unknown> {
  const context = currentContext();
  const span = activeSpanContext();
  const ids = span && { trace_id: span.traceId, span_id: span.spanId };
  if (!context) return ids ?? {};
  return {
    request_id: context.requestId,
    ...(ids ?? { trace_id: context.traceId }),
    ...(context.contentId === undefined ? {} : { content_id: context.contentId }),
    ...(context.taskId === undefined ? {} : { task_id: context.taskId }),
    ...(context.targetId === undefined ? {} : { target_id: context.targetId }),
  };
}
