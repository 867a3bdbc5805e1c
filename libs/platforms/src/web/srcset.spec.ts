import { expect, it } from '@jest/globals';
import { largestOf } from './srcset.ts';

it.each([
  ['a.jpg 480w, b.jpg 1600w, c.jpg 960w', 'b.jpg'],
  ['a.jpg 1x, b.jpg 2x', 'b.jpg'],
  ['a.jpg, b.jpg 2x', 'b.jpg'],
  ['a.jpg', 'a.jpg'],
  [
    'https://i.example/w_480,h_2/a.jpg 480w,https://i.example/w_960,h_2/a.jpg 960w',
    'https://i.example/w_960,h_2/a.jpg',
  ],
  ['a.jpg 480w,\n  b.jpg 800w,', 'b.jpg'],
  ['', null],
  [null, null],
  [' , ', null],
])('the largest of %j is %s', (srcset, expected) => {
  expect(largestOf(srcset)).toBe(expected);
});
