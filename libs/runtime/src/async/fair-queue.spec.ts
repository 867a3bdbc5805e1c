import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.ts';

/** Serves all that waits, at so many milliseconds for an item of a key; answers the order of keys. */
function serve(queue: FairQueue<string>, costs: Readonly<Record<string, number>> = {}, turns = Infinity): string[] {
  const order: string[] = [];
  while (order.length < turns) {
    const item = queue.take(() => true);
    if (item === undefined) break;
    const key = item.charAt(0);
    queue.charge(key, costs[key] ?? 10);
    queue.worked(costs[key] ?? 10);
    order.push(key);
  }
  return order;
}

function queueOf(keys: string): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const [index, key] of [...keys].entries()) queue.push(key, `${key}${index}`);
  return queue;
}

describe('FairQueue', () => {
  it('M6: keys take turns where their items cost the same', () => {
    expect(serve(queueOf('aaaabbc')).join('')).toBe('abcabaa');
  });

  it('M6: a key whose items cost ten times as much has a tenth of the turns', () => {
    const order = serve(queueOf('x'.repeat(50) + 'a'.repeat(50)), { x: 100 }, 33);
    expect(order.filter((key) => key === 'x').length).toBeLessThanOrEqual(5);
    expect(order.filter((key) => key === 'x').length).toBeGreaterThanOrEqual(2);
  });

  it('a key that has cost much waits until the others have had theirs, and not for ever behind keys that are always new', () => {
    const queue = queueOf('x');
    queue.charge('x', 1_000);
    let turns = 0;
    for (const fresh of ['a', 'b', 'c']) queue.push(fresh, fresh);
    for (let code = 0x4e00; ; code++) {
      const fresh = String.fromCharCode(code);
      queue.push(fresh, fresh);
      const [key] = serve(queue, {}, 1);
      turns++;
      if (key === 'x') break;
      expect(turns).toBeLessThan(1_000);
    }
    expect(turns).toBeGreaterThan(50);
  });

  it('who was away has saved nothing up', () => {
    const queue = queueOf('a');
    queue.charge('b', 500);
    serve(queue, { a: 10_000 });
    for (const item of ['a1', 'a2', 'a3']) queue.push('a', item);
    for (const item of ['c1', 'c2', 'c3']) queue.push('c', item);
    expect(serve(queue).slice(0, 4).join('')).not.toBe('cccc');
  });

  it('passes over those that may not, and counts what goes before', () => {
    const queue = queueOf('aaabbc');
    expect(queue.take((item) => item.startsWith('c'))).toBe('c5');
    expect(queue.take(() => false)).toBeUndefined();
    expect(queue.ahead('c', () => 1)).toBe(2);
    expect(queue.ahead('a', () => 1)).toBe(5);
    expect(queue.count((item) => item.startsWith('a'))).toBe(3);
    expect(queue.remove('b', 'b3')).toBe(true);
    expect(queue.remove('b', 'b3')).toBe(false);
    queue.unshift('b', 'b9');
    expect(queue.drain()).toEqual(['a0', 'a1', 'a2', 'b9', 'b4']);
  });
});
