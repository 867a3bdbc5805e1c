import { parseDate } from '../clean/dates.ts';

/** Where a time is written without a zone, Bilibili means China's (UTC+8, without summer time). */
const written = /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})$/;

/** `2009-04-03 00:00:00` as UTC; null for `0000-00-00 00:00:00`, which means "never", and for anything else. */
export function chinaTime(value: unknown): Date | null {
  const time = typeof value === 'string' ? written.exec(value.trim())?.[1] : undefined;
  return time === undefined ? null : parseDate(`${time} +08:00`);
}
