import { describe, expect, it } from '@jest/globals';
import { inParts } from './in-parts.ts';

async function* chunks(...lengths: number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length).fill(length);
}

describe('inParts', () => {
  it.each([
    [[], [0]],
    [[0], [0]],
    [[9], [9]],
    [[10], [10]],
    [
      [10, 1],
      [10, 1],
    ],
    [
      [3, 3, 3, 3],
      [10, 2],
    ],
    [[35], [10, 10, 10, 5]],
    [
      [5, 0, 25],
      [10, 10, 10],
    ],
  ])('cuts chunks of %j into parts of %j', async (lengths, parts) => {
    const cut: Uint8Array[] = [];
    for await (const part of inParts(chunks(...lengths), 10)) cut.push(part);
    expect(cut.map(({ length }) => length)).toEqual(parts);
    const whole: Uint8Array[] = [];
    for await (const chunk of chunks(...lengths)) whole.push(chunk);
    expect(Buffer.concat(cut)).toEqual(Buffer.concat(whole));
  });
});
