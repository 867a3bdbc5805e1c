import { describe, expect, it } from '@jest/globals';
import { MemoryBudget } from './memory-budget.ts';

describe('MemoryBudget', () => {
  it('gives as much as there is, and again what was given back', () => {
    const budget = new MemoryBudget(100);
    const first = budget.take(60);
    expect(first).not.toBeNull();
    expect(budget.take(41)).toBeNull();
    expect(budget.take(40)).not.toBeNull();
    expect(budget.take(1)).toBeNull();
    first?.();
    expect(budget.take(60)).not.toBeNull();
  });
});
