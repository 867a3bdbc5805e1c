import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

describe('the walkthrough of the README', () => {
  it('an imaginary platform takes one file and one line', async () => {
    const run = promisify(execFile)(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      '--import',
      path('../../../scripts/source.mjs'),
      path('./walkthrough-child.mjs'),
    ]);
    const found = JSON.parse((await run).stdout) as { checks: number };
    expect(found).toMatchObject({
      lines: 1,
      canonical: { platform: 'lantern', url: 'https://lantern.example/p/42', platformId: '42', contentType: 'post' },
      content: {
        title: 'The lamp',
        author: { name: 'Mara' },
        published_at: '2026-11-22T08:00:00.000Z',
        media: [{ url: 'https://cdn.lantern.example/1.jpg' }],
      },
      failed: [],
      others: 'web',
    });
    expect(found.checks).toBeGreaterThan(20);
  }, 30_000);
});
