import { z } from 'zod';
import { crashPoints } from './crash-point.ts';

/** The kinds of values that an environment variable may have. An empty variable is an absent one. */

/** Text without surrounding space. */
export const text = z.string().trim();
/** Text; empty counts as absent. */
export const optional = text.transform((value) => (value === '' ? undefined : value)).optional();
/** `true`, `false`, `1` or `0`. */
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', ''])
    .optional()
    .transform((value) => (value === undefined || value === '' ? fallback : value === 'true' || value === '1'));
/** A whole number from `min` to `max`. */
export const integer = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d*$/, 'must be a whole number')
    .optional()
    .transform((value) => (value === undefined || value === '' ? fallback : Number(value)))
    .pipe(z.number().int().min(min).max(max));
/** A time of the day, `HH:MM`: minutes since midnight. */
export const timeOfDay = (fallback: string) =>
  text
    .optional()
    .transform((value) => value || fallback)
    .refine((value) => /^([01]\d|2[0-3]):[0-5]\d$/.test(value), 'must be a time of the day such as 03:00')
    .transform((value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)));
/** One of a few words. */
export const choice = <const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) =>
  z.preprocess((value) => (value === '' ? undefined : value), z.enum(values).default(fallback));
/** Words separated by commas. */
export const list = text.optional().transform((value) =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
/** Keys of 32 bytes as base64, separated by commas: the first seals, all open. */
export const secretsKeys = optional.refine(
  (value) => value === undefined || value.split(',').every((key) => Buffer.from(key, 'base64').length === 32),
  'must be 32 bytes as base64; while the key is being replaced, several of them, separated by commas',
);
/** An http or https URL. */
export const httpUrl = optional.refine(
  (value) => value === undefined || (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)),
  'must be an http or https URL',
);
/** The name of a bucket, by the rules of S3. */
export const bucketName = optional.refine(
  (value) => value === undefined || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value),
  'must be 3 to 63 lower-case letters, digits, dots and hyphens',
);
/** What stands before every key of a bucket that is shared with others; ends with a slash unless it is empty. */
export const keyPrefix = optional.transform((value, context) => {
  const folders = (value ?? '').split('/').filter((folder) => folder !== '');
  if (folders.every((folder) => /^[\w!.*'()-]{1,100}$/.test(folder) && !/^\.+$/.test(folder)))
    return folders.map((folder) => `${folder}/`).join('');
  context.addIssue({ code: 'custom', message: "must be folders of letters, digits and !-_.*'()" });
  return z.NEVER;
});
/** The value of one cookie, without its name. */
export const cookie = optional.refine(
  (value) => value === undefined || /^[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}$/.test(value),
  'must be the value of one cookie, without its name and without ;',
);

const cookiePair = String.raw`[\w!#$%&'*+.^|~\x60-]{1,200}=[\x21-\x3a\x3c-\x7e]*`;
const cookiePairs = new RegExp(String.raw`^${cookiePair}(?:; ?${cookiePair})*;?$`);
/** All cookies of an account as a browser sends them. */
export const cookies = optional.refine(
  (value) => value === undefined || (value.length <= 8_192 && cookiePairs.test(value)),
  'must be cookies as a browser sends them: name=value; name=value',
);

/** A token as `Authorization: Bearer` takes it (RFC 6750 2.1). */
export const bearerToken = optional.refine(
  (value) => value === undefined || /^[\w.~+/-]{20,1000}=*$/.test(value),
  'must be a token: letters, digits and . _ ~ + / -',
);

/** The name of a crash point, or `name:passes`. */
export const crashPlace = optional.transform((value, context) => {
  if (value === undefined) return undefined;
  const [, place, passes] = /^([a-z-]+)(?::([1-9]\d{0,5}))?$/.exec(value) ?? [];
  const name = crashPoints.find((known) => known === place);
  if (name !== undefined) return { name, passes: Number(passes ?? 1) };
  context.addIssue({ code: 'custom', message: `must be one of ${crashPoints.join(', ')}, if need be with :passes` });
  return z.NEVER;
});

/** `host=http://base[,host=...]`: host in lower case to base URL. */
export const overrides = list.transform((items, context) => {
  const table = new Map<string, URL>();
  for (const item of items) {
    const [host, base] = item.split(/=(.*)/s);
    if (!host || !base || !URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
      context.addIssue({ code: 'custom', message: `"${item}" is not of the form host=http://other-host:port` });
      return z.NEVER;
    }
    table.set(host.toLowerCase(), new URL(base));
  }
  return table;
});

/** A number from 0 to 1; undefined when it is not given. */
export const ratio = optional
  .refine((value) => value === undefined || /^(?:0|1|[01]?\.\d+)$/.test(value), 'must be a number from 0 to 1')
  .transform((value) => (value === undefined ? undefined : Number(value)))
  .pipe(z.number().max(1, 'must be a number from 0 to 1').optional());

/** `name=value[,name=value]` with percent-encoded values: headers, as OpenTelemetry writes them. Their values are secrets. */
export const headerList = list.transform((items, context) => {
  const headers: Record<string, string> = {};
  for (const [index, item] of items.entries()) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+)[ \t]*=(.*)$/.exec(item) ?? [];
    const decoded = value === undefined ? undefined : headerValue(value.trim());
    if (name === undefined || decoded === undefined) {
      context.addIssue({ code: 'custom', message: `entry ${index + 1} is not of the form name=value` });
      return z.NEVER;
    }
    headers[name.toLowerCase()] = decoded;
  }
  return headers;
});

/** A text that is percent-encoded; undefined when it is broken, or no header may hold it. */
function headerValue(value: string): string | undefined {
  try {
    const text = decodeURIComponent(value);
    return /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The address of a page about one trace: an http or https URL that contains `{trace_id}`. */
export const traceUrl = optional.refine(
  (value) =>
    value === undefined ||
    (value.includes('{trace_id}') && /^https?:$/.test(URL.parse(value.replaceAll('{trace_id}', '0'))?.protocol ?? '')),
  'must be an http or https URL that contains {trace_id}',
);
