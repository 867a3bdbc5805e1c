import { createHash } from 'node:crypto';

/** What stands in a fingerprint's text for what was found; `status` is the group of the pattern for numbers. */
type Replacement = (found: string, status?: string) => string;

/**
 * Numbers. The group is the 4xx status of an answer, which stays: 401 wants a login and 403 refuses us, 404 is gone and 413 too large, each a
 * trouble of its own. 5xx are all the same one: the other side is not well.
 */
const numbers = /((?<=\b(?:answered|HTTP|status(?: code)?:?) )4\d\d(?!\.?\d))|\d+(?:\.\d+)*/gi;

/** What differs between two occurrences of one trouble, in the order of replacement. */
const variables: [RegExp, Replacement][] = [
  [/\b[a-z][a-z\d+.-]*:\/\/[^\s"'<>]+/gi, () => '<url>'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, () => '<id>'],
  [/\b(?=[a-f]*\d)[\da-f]{8,}\b/gi, () => '<hex>'],
  [numbers, (_, status) => status ?? '<n>'],
  [/\s+/g, () => ' '],
];

/** What dead letters of the same trouble have in common: 16 hex of task, error type and message less its ids and numbers but for 4xx statuses. */
export function fingerprint(task: string, errorType: string, message: string): string {
  let text = message;
  for (const [pattern, replacement] of variables) text = text.replace(pattern, replacement);
  return createHash('sha256').update(`${task}\n${errorType}\n${text.trim()}`).digest('hex').slice(0, 16);
}
