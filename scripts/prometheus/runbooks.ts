import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../docs/operate/runbooks');

/** The parts that each page has, in this order: what somebody needs who was woken up. */
export const sections = ['What it means', 'What users see', 'Where to look', 'What to do', 'When it is over'] as const;

export interface Runbook {
  /** Name of the alert. */
  name: string;
  text: string;
  /** Its `##` headings. */
  headings: string[];
}

/** One page for each alert. `README.md` is the page that leads to them. */
export function readRunbooks(): Runbook[] {
  return readdirSync(folder)
    .filter((file) => file !== 'README.md')
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');
      return { name: file.replace(/\.md$/, ''), text, headings };
    });
}

/** The page that says how to reach everything that the others use. */
export const readRunbookIndex = (): string => readFileSync(join(folder, 'README.md'), 'utf8');

/** Expressions of PromQL in a page: lines of its promql blocks that are no comments. */
export const promqlIn = (text: string): string[] =>
  [...text.matchAll(/^```promql\n(.*?)^```$/gms)].flatMap(([, block]) =>
    (block ?? '').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
  );

/** Calls of the API in a page, such as `GET /api/v1/queues`: as words, and as `api GET /queues ...` in its shell blocks. */
export const apiCallsIn = (text: string): { method: string; path: string }[] =>
  [...text.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/[\w/{}$-]+)/g)].map(([, method = '', path = '']) => ({
    method: method.toLowerCase(),
    path: path.replace(/\$\w+|\{\w+\}/g, '{}'),
  }));

/** Shell blocks of a page. */
export const shellIn = (text: string): string[] =>
  [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? '');
