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

  it('has stored bytes checked every day, unless the installation wants none of it', () => {
    const verify = (variables: Record<string, string>) =>
      schedulesOf(Env.load(variables)).find(({ task }) => task === 'blobs.verify');
    expect(verify({})).toMatchObject({ everyS: 86_400 });
    expect(verify({ STORAGE_VERIFY_DAILY_MB: '0' })).toBeUndefined();
  });

  it('names tasks that there are', () => {
    for (const { task } of schedulesOf(Env.load({ PLATFORM_CANARIES: 'all' }))) expect(taskNames).toContain(task);
  });
});
