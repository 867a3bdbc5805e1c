import { describe, expect, it } from '@jest/globals';
import { createProgress } from './progress.ts';

function run(isTTY: boolean): string[] {
  const written: string[] = [];
  const progress = createProgress({ isTTY, write: (text) => written.push(text) });
  for (let done = 0; done <= 200; done += 1) progress.at('contents', done, 200);
  progress.end();
  return written;
}

describe('createProgress', () => {
  it('writes a plain line each ten per cent without a terminal', () => {
    const lines = run(false);
    expect(lines).toHaveLength(11);
    expect(lines[5]).toBe('contents: 50 % (100 of 200)\n');
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('redraws one line on a terminal', () => {
    const written = run(true);
    expect(written.slice(0, -1).every((text) => text.startsWith('\r'))).toBe(true);
    expect(written.at(-2)).toContain(`[${'#'.repeat(30)}] 200/200`);
    expect(written.at(-1)).toBe('\n');
  });

  it('nothing to do is all done', () => {
    const written: string[] = [];
    createProgress({ write: (text) => written.push(text) }).at('contents', 0, 0);
    expect(written).toEqual(['contents: 100 % (0 of 0)\n']);
  });
});
