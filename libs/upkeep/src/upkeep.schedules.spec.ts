import { describe, expect, it } from '@jest/globals';
import { taskNames } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import { schedulesOf } from './upkeep.schedules.ts';

describe('schedulesOf', () => {
  it('asks no platform unasked, and every day those that the installation has named', () => {
    const names = (variables: Record<string, string>) => schedulesOf(Env.load(variables)).map(({ name }) => name);
    expect(names({})).not.toContain('platforms.canary');
    expect(names({ PLATFORM_CANARIES: 'bilibili, x' })).toEqual([...names({}), 'platforms.canary']);
  });

  it('names tasks that there are', () => {
    for (const { task } of schedulesOf({ canaries: ['all'] })) expect(taskNames).toContain(task);
  });
});
