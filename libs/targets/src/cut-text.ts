/**
 * Cuts a text to so many UTF-16 units, the closing ellipsis included. Never inside a surrogate pair. Cut before escaping: limits of
 * chat services count what is shown.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < 1) return '';
  const kept = text.slice(0, max - 1);
  const whole = /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
  return `${whole.trimEnd()}…`;
}
