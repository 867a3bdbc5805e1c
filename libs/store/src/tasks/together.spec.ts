import { describe, expect, it } from '@jest/globals';
import { Together } from './together.ts';

/** A worker of batches that waits to be let go, and remembers what it was given. */
function gated() {
  const batches: number[][] = [];
  const gates: { open: () => void; fail: (error: Error) => void }[] = [];
  const together = new Together<number, string>((wishes) => {
    batches.push([...wishes]);
    return new Promise((resolve, reject) => {
      gates.push({ open: () => resolve(wishes.map((wish) => `did ${wish}`)), fail: reject });
    });
  });
  return { batches, gates, together };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Together', () => {
  it('does the first wish at once and joins those that come meanwhile, each with its own result', async () => {
    const { batches, gates, together } = gated();
    const answers = [1, 2, 3].map((wish) => together.do(wish));
    expect(batches).toEqual([[1]]);
    gates[0]?.open();
    await turn();
    expect(batches).toEqual([[1], [2, 3]]);
    gates[1]?.open();
    expect(await Promise.all(answers)).toEqual(['did 1', 'did 2', 'did 3']);
  });

  it('fails those of one batch only, and goes on', async () => {
    const { batches, gates, together } = gated();
    const lost = together.do(1).catch((error: Error) => error.message);
    const kept = together.do(2);
    gates[0]?.fail(new Error('away'));
    expect(await lost).toBe('away');
    await turn();
    gates[1]?.open();
    expect(await kept).toBe('did 2');
    const later = together.do(3);
    gates[2]?.open();
    expect(await later).toBe('did 3');
    expect(batches).toEqual([[1], [2], [3]]);
  });

  it('does many together, and waits for a swarm where it is told to', async () => {
    const { batches, gates, together } = gated();
    const all = together.doAll([1, 2, 3]);
    expect(batches).toEqual([[1, 2, 3]]);
    gates[0]?.open();
    expect(await all).toEqual(['did 1', 'did 2', 'did 3']);
    const swarms: number[][] = [];
    const patient = new Together<number, number>(async (wishes) => {
      swarms.push([...wishes]);
      return wishes;
    }, setImmediate);
    expect(await Promise.all([patient.do(1), patient.do(2)])).toEqual([1, 2]);
    await patient.do(3);
    expect(swarms).toEqual([[1, 2], [3]]);
  });
});
