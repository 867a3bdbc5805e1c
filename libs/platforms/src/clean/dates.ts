/**
 * Times as pages write them, to UTC. Never `Date.parse` of free text: it reads "Posted 5" as a date and takes the machine's zone.
 * A time without a zone is read as UTC, a day without a time as its midnight: at most 14 hours off, and the same on every machine.
 */
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Minutes east of UTC of the zone names that RFC 2822 knows, and of a few that newsrooms write. */
const zones: Readonly<Record<string, number>> = {
  ...{
    z: 0,
    ut: 0,
    utc: 0,
    gmt: 0,
    est: -300,
    edt: -240,
    et: -300,
    cst: -360,
    cdt: -300,
    mst: -420,
    mdt: -360,
    pst: -480,
    pdt: -420,
  },
  ...{ bst: 60, cet: 60, cest: 120, ist: 330, jst: 540, kst: 540, msk: 180 },
};

// All of these see texts whose white space is one space each.
const time = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?([ap]\.?m\.?)? ?(?:\(?((?:gmt|utc)?[+-]\d{1,2}(?::?\d{2})?|[a-z]{1,4})\b\)?)?`;
const iso = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(?:at )?${time})?`, 'i');
const slashed = new RegExp(String.raw`^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?: ${time})?`, 'i');
const cjk = new RegExp(String.raw`^(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号일]?(?: ?${time})?`, 'i');
const compact = /^(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?z?)?$/i;
const named = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const weekday = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\\.?,? )?';
const between = '(?:,? (?:at |@ ?|- ?|\\| ?)?|,? ?)';
const monthFirst = new RegExp(
  `^${weekday}${named} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})\\b(?:${between}${time})?`,
  'i',
);
const dayFirst = new RegExp(
  `^${weekday}(\\d{1,2})(?:st|nd|rd|th)?[ -]+${named}[, -]+(\\d{4})\\b(?:${between}${time})?`,
  'i',
);
/** `Sat Jan 03 02:37:01 +0000 2026`: how X and Weibo write times. */
const yearLast = new RegExp(`^${weekday}${named} (\\d{1,2}) ${time} (\\d{4})$`, 'i');
const clockFirst = new RegExp(
  `^(?:\\d{1,2}:\\d{2} ?(?:[ap]\\.?m\\.?)? ?(?:[a-z]{2,4})?,? (?:on )?)(?=${weekday}(?:${named}|\\d{1,2} ${named}))`,
  'i',
);

/** A date that a value gives, with how much of it was said. */
export interface ParsedDate {
  date: Date;
  /** 0: the day only; 1: the time without its zone; 2: all of it. */
  precision: 0 | 1 | 2;
}

/** Reads a value as a date; null when it is none, or outside the years 1000 to 2200, or the epoch itself (which means "unset"). */
export function readDate(value: unknown): ParsedDate | null {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string' || value.length > 200) return null;
  const text = value
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:published|posted|updated|date|on) ?(?:on|at)? ?:? /i, '')
    .replace(clockFirst, '');
  if (/^\d{9,13}$/.test(text)) return fromEpoch(Number(text));
  const numeric = iso.exec(text) ?? slashed.exec(text) ?? cjk.exec(text);
  if (numeric) return build(numeric[1], numeric[2], numeric[3], numeric.slice(4));
  const dense = compact.exec(text);
  if (dense)
    return build(dense[1], dense[2], dense[3], [
      dense[4],
      dense[5],
      dense[6],
      undefined,
      undefined,
      /z$/i.test(text) ? 'z' : undefined,
    ]);
  const last = yearLast.exec(text);
  if (last) return build(last[9], monthOf(last[1]), last[2], last.slice(3, 9));
  const american = monthFirst.exec(text);
  if (american) return build(american[3], monthOf(american[1]), american[2], american.slice(4));
  const european = dayFirst.exec(text);
  return european ? build(european[3], monthOf(european[2]), european[1], european.slice(4)) : null;
}

/** The same without the precision. */
export function parseDate(value: unknown): Date | null {
  return readDate(value)?.date ?? null;
}

function monthOf(name: string | undefined): string {
  return String(months.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1);
}

/** Seconds or milliseconds since 1970, told apart by size. */
function fromEpoch(value: number): ParsedDate | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  return plausible(new Date(value < 1e11 ? value * 1_000 : value), 2);
}

type Part = string | undefined;

function build(year: Part, month: Part, day: Part, clock: Part[]): ParsedDate | null {
  const [hour, minute, second, fraction, half, zone] = clock;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (y < 1_000) return null; // Date.UTC takes 0 to 99 for 1900 to 1999
  const date = new Date(Date.UTC(y, m - 1, d));
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return null;
  if (hour === undefined) return plausible(date, 0);
  const h = half === undefined ? Number(hour) : (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0);
  if (h > 24 || Number(minute) > 59) return plausible(date, 0);
  const offset = zone === undefined ? undefined : offsetOf(zone);
  const ms = Math.floor(Number(`0.${fraction ?? '0'}`) * 1_000);
  date.setUTCHours(h, Number(minute) - (offset ?? 0), Number(second ?? 0), ms);
  return plausible(date, offset === undefined ? 1 : 2);
}

/** Minutes east of UTC; undefined for a zone that we do not know. */
function offsetOf(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^(?:gmt|utc)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone) ?? [];
  if (sign === undefined) return zones[zone.toLowerCase()];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0));
}

function plausible(date: Date, precision: ParsedDate['precision']): ParsedDate | null {
  const year = date.getUTCFullYear();
  return Number.isNaN(date.getTime()) || date.getTime() === 0 || year < 1_000 || year > 2_200
    ? null
    : { date, precision };
}
