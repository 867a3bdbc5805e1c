import { styleText } from 'node:util';

/** A line of the log, as far as it is told to a person. */
interface LogRecord {
  level: string;
  time: string;
  name?: string;
  message?: string;
  err?: { message?: string };
  [field: string]: unknown;
}

/** What nobody waits for: housekeeping, and the steps of a start and of a stop. */
const quiet =
  /^(upkeep\.|schedule|blobs\.collect|migration\.|tasks\.started|ready|shutdown\.phase|feed\.polled|health|platforms\.canary)/;

/** Signals after which a person reads that it stops. A start that fails says only why. */
const asked = /^SIG/;

/** Colours of what needs attention. */
const attention: Record<string, 'yellow' | 'red'> = { warn: 'yellow', error: 'red', fatal: 'red' };

const words: Record<string, (record: LogRecord) => string | null> = {
  'http.request': ({ method, route, status, duration_ms }) =>
    `${text(method)} ${text(route).replace(/^\/api\/v1(?=\/)/, '')} ${text(status)} ${Math.round(Number(duration_ms))} ms`,
  'content.parsed': ({ title, platform, duration_ms, pictures }) => {
    const count = Number(pictures);
    const images = count === 0 ? '' : `, ${count} ${count === 1 ? 'picture' : 'pictures'}`;
    return `parsed "${text(title)}" from ${text(platform)} in ${text(duration_ms)} ms${images}`;
  },
  'task.run': (record) => taskWords(record),
  shutdown: ({ reason }) => (asked.test(text(reason)) ? 'stopping ...' : null),
};

/** A push is told when it is done; every other task when it fails. */
function taskWords({ task, outcome, error, retry_in_ms, content_id, duration_ms }: LogRecord): string | null {
  const which = `${text(task)}${content_id === undefined ? '' : ` of content ${text(content_id)}`}`;
  switch (outcome) {
    case 'retried':
      return `${which} failed, again in ${Math.ceil(Number(retry_in_ms) / 1_000)} s: ${text(error)}`;
    case 'dead':
    case 'crashed':
      return `${which} has failed for good: ${text(error)}`;
    default:
      return task === 'delivery.send' && outcome === 'done'
        ? `pushed content ${text(content_id ?? '')} in ${text(duration_ms)} ms`
        : null;
  }
}

/**
 * What a person reads of a log line in a terminal: one line with the time and what happened; null for what nobody waits for. A stranger's
 * text (titles, answers) moves no cursor and turns no direction.
 * @param line JSON.
 */
export function toTerminalLine(line: string): string | null {
  const record = JSON.parse(line) as LogRecord;
  const colour = attention[record.level];
  const { name = '', message = '' } = record;
  if (colour === undefined && quiet.test(name)) return null;
  const described = name in words ? (words[name]?.(record) ?? null) : message;
  if (described === null && colour === undefined) return null;
  const cause = colour !== undefined && record.err?.message ? `: ${record.err.message}` : '';
  const said = `${described ?? message}${cause}`
    .replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
  if (said === '') return null;
  const time = new Date(record.time).toTimeString().slice(0, 8);
  return `${time} ${colour === undefined ? said : `${styleText(colour, record.level)} ${said}`}`;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
