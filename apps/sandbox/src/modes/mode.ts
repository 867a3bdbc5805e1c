/** Modes that spoil an answer that was made; the effect has happened. */
const afterwards = [
  'timeout-after',
  'reset-after',
  'broken-image',
  'truncated-image',
  'cut-body',
  'slow-body',
  'endless-body',
  'wrong-type',
  'gzip-bomb',
] as const;
/** Modes that come before any effect. */
const beforehand = ['timeout-before', 'reset'] as const;

export type SpoilerName = (typeof afterwards)[number];

/** How a request is treated instead of being answered. */
export type Mode = { text: string; times: number | null; value: number | null } & (
  | { kind: 'status'; status: number }
  | { kind: 'before'; name: (typeof beforehand)[number] }
  | { kind: 'after'; name: SpoilerName }
);

/**
 * Reads a mode: `<name>[:<number>][x<times>]`, such as `404`, `500x3` (three times, then as usual), `429:7` (retry after 7 s),
 * `timeout-after`, `slow-body:50` (one byte every 50 ms), `gzip-bomb:256` (MiB).
 * @throws RangeError for anything else
 */
export function parseMode(text: string): Mode {
  const [, name = '', value, times] = /^(\d{3}|[a-z-]+)(?::(\d{1,6}))?(?:x(\d{1,6}))?$/.exec(text) ?? [];
  const common = { text, times: times === undefined ? null : Number(times), value: toNumber(value) };
  const status = Number(name);
  if (status >= 400 && status <= 599) return { ...common, kind: 'status', status };
  const before = beforehand.find((known) => known === name);
  if (before) return { ...common, kind: 'before', name: before };
  const after = afterwards.find((known) => known === name);
  if (after) return { ...common, kind: 'after', name: after };
  throw new RangeError(
    `"${text}" is no mode: a status from 400 to 599, or one of ${[...beforehand, ...afterwards].join(', ')}`,
  );
}

const toNumber = (value: string | undefined): number | null => (value === undefined ? null : Number(value));
