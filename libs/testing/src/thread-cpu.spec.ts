import { describe, expect, it } from '@jest/globals';
import { assertLinear, threadCpuMs } from './thread-cpu.ts';

const spaces = (size: number) => ' '.repeat(size);
const linear = (text: string): number => {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum += text.charCodeAt(index);
  return sum;
};
/** Like a pattern that begins anew at each character. */
const quadratic = (text: string): number => {
  let sum = 0;
  for (let start = 0; start < text.length; start++)
    for (let index = start; index < text.length; index++) sum += text.charCodeAt(index);
  return sum;
};

describe('assertLinear', () => {
  it('sees the square of a length where the whole takes some hundredths of a second', () => {
    const size = 8_000;
    expect(threadCpuMs(() => quadratic(spaces(size)))).toBeLessThan(1_000);
    expect(() => assertLinear(quadratic, spaces, size, { maxMs: 10_000 })).toThrow(/for 4 times the input/);
  });

  it('lets pass what grows with its input', () => {
    expect(() => assertLinear(linear, spaces, 5_000_000, { maxMs: 10_000 })).not.toThrow();
  });

  it('says what takes more than it may', () => {
    expect(() => assertLinear(linear, spaces, 5_000_000, { maxMs: 0.1 })).toThrow(/more of its thread than 0.1 ms/);
  });
});
