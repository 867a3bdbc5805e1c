import { createHash } from 'node:crypto';

/** What differs between two occurrences of one trouble, in the order of replacement. */
const variables: [RegExp, string][] = [
  [/\b[a-z][a-z\d+.-]*:\/\/[^\s"'<>]+/gi, '<url>'],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, '<id>'],
  [/\b(?=[a-f]*\d)[\da-f]{8,}\b/gi, '<hex>'],
  [/\d+(?:\.\d+)*/g, '<n>'],
  [/\s+/g, ' '],
];

/** What dead letters of the same trouble have in common: 16 hex of task, error type and message less its ids and numbers. */
export function fingerprint(task: string, errorType: string, message: string): string {
  let text = message;
  for (const [pattern, replacement] of variables) text = text.replace(pattern, replacement);
  return createHash('sha256').update(`${task}\n${errorType}\n${text.trim()}`).digest('hex').slice(0, 16);
}
