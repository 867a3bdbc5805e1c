/** What Postgres and RFC 3339 can both say: the years 1 to 9999. */
const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** True for a time that can be stored and answered. */
export function isSayable(date: Date): boolean {
  return date.getTime() >= earliest && date.getTime() <= latest;
}

/** A time as a parameter of SQL, moved into the sayable years: for comparisons. */
export function toSqlTime(date: Date): string {
  return new Date(Math.min(latest, Math.max(earliest, date.getTime()))).toISOString();
}
