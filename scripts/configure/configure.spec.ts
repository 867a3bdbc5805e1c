import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Env, environmentVariables } from '../../libs/runtime/src/env.ts';
import { secretVariables } from '../../libs/runtime/src/secret-files.ts';
import { readExample } from './example.ts';
import { configurePage, toMarkdown } from './page.ts';
import { readByFew } from './readers.ts';

const root = join(import.meta.dirname, '../..');
const example = readFileSync(join(root, '.env.example'), 'utf8');
const described = readExample(example).flatMap(({ variables }) => variables);

/** What the getters of an environment answer. */
function answersOf(env: Env): Record<string, unknown> {
  const getters = Object.entries(Object.getOwnPropertyDescriptors(Env.prototype)).filter(([, { get }]) => get);
  return Object.fromEntries(getters.map(([name, { get }]) => [name, get?.call(env) as unknown]));
}

describe('.env.example', () => {
  it('has each variable that is read once, and no other', () => {
    expect(described.map(({ name }) => name).sort()).toEqual([...environmentVariables].sort());
  });

  it('has the defaults of the schema', () => {
    const given = Object.fromEntries(described.map(({ name, default: value }) => [name, value]));
    expect(answersOf(Env.load(given))).toEqual(answersOf(Env.load({})));
    expect(Object.keys(answersOf(Env.load({}))).length).toBeGreaterThan(20);
  });

  it('explains each of them', () => {
    expect(described.filter(({ text }) => text.length < 10)).toEqual([]);
  });

  it('is refused where a line is neither a comment nor a variable', () => {
    expect(() => readExample('# What it is.\napi_port 8000')).toThrow('.env.example: "api_port 8000"');
  });
});

describe('docs/configure.md', () => {
  it('is what npm run docs:configure writes', async () => {
    expect(readFileSync(join(root, 'docs/configure.md'), 'utf8')).toBe(await configurePage(example, secretVariables));
  });

  it('names readers of variables that there are', () => {
    expect(readByFew.filter((name) => !environmentVariables.includes(name))).toEqual([]);
  });

  it('shows names, addresses and places as code, and leads to other pages', () => {
    const names = new Set(['DATA_DIR', 'QUEUE_TYPE']);
    const text =
      'Empty: DATA_DIR/blobs, with QUEUE_TYPE=bullmq. Not OF_OURS, a.<b>.<c>, __x, `AS_IT_IS`, host=http://b:1, docs/a/b.md.';
    expect(toMarkdown(text, names)).toBe(
      'Empty: `DATA_DIR/blobs`, with `QUEUE_TYPE=bullmq`. Not OF_OURS, `a.<b>.<c>`, `__x`, `AS_IT_IS`, `host=http://b:1`, [a/b.md](a/b.md).',
    );
  });
});
