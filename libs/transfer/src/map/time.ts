import type { OldValue } from '@vaultstream/store';

const form =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/** The years that Postgres and RFC 3339 can both say. */
const earliest = Date.parse('0001-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59Z');
/** A number beyond this is in milliseconds: as seconds it would be the year 5138. */
const maxSeconds = 1e11;

/**
 * A time of the old version: `2024-01-06 11:59:24.123456`, the same with `T`, a zone or slashes, a day alone, or a number of
 * seconds or milliseconds since 1970. Without a zone it is UTC. Null for everything else.
 */
export function time(value: OldValue | undefined): Date | null {
  if (typeof value === 'number' || typeof value === 'bigint') return fromEpoch(Number(value));
  if (typeof value !== 'string') return null;
  const written = value.trim();
  if (/^-?\d{1,16}(\.\d+)?$/.test(written)) return fromEpoch(Number(written));
  const [, year, month, day, hour = '0', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    form.exec(written) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const iso = `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset(zone)}`;
  const date = new Date(iso);
  // 31 February would become March.
  const exists = new Date(`${year}-${two(month)}-${two(day)}T00:00:00Z`).getUTCDate() === Number(day);
  return exists ? sayable(date) : null;
}

const two = (digits: string): string => digits.padStart(2, '0');

function offset(zone: string): string {
  if (/^(z|utc)$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function fromEpoch(number: number): Date | null {
  if (!Number.isFinite(number) || number === 0) return null;
  return sayable(new Date(Math.abs(number) > maxSeconds ? number : number * 1_000));
}

function sayable(date: Date): Date | null {
  const at = date.getTime();
  return at >= earliest && at <= latest ? date : null;
}
