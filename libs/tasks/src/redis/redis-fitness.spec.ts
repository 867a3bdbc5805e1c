import { describe, expect, it } from '@jest/globals';
import { assertFit } from './redis-fitness.ts';
import { redisTrouble } from './redis-trouble.ts';

const info = (more: Record<string, string> = {}) =>
  Object.entries({ redis_version: '7.0.15', maxmemory_policy: 'noeviction', aof_enabled: '1', ...more })
    .map(([name, value]) => `${name}:${value}`)
    .join('\r\n');

describe('a Redis that carries work', () => {
  it('J10: evicts nothing, and is not too old', () => {
    expect(assertFit(info())).toEqual({ version: '7.0.15', policy: 'noeviction', appendOnly: true });
    expect(assertFit(info({ aof_enabled: '0', redis_version: '6.2.0' })).appendOnly).toBe(false);
    expect(() => assertFit(info({ maxmemory_policy: 'volatile-lru' }))).toThrow(
      /maxmemory-policy is "volatile-lru" and must be "noeviction"/,
    );
    expect(() => assertFit(info({ redis_version: '6.0.16' }))).toThrow(/6\.0\.16 is too old: 6\.2/);
    expect(() => assertFit(info({ redis_version: '5.0.0' }))).toThrow(/too old/);
  });

  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'Redis is full: raise its maxmemory.'],
    ['MISCONF Redis is configured to save RDB snapshots', 'Redis cannot write to its disk and so takes nothing.'],
    [
      "READONLY You can't write against a read only replica.",
      'REDIS_URL leads to a replica of Redis, which takes nothing.',
    ],
    ['WRONGPASS invalid username-password pair', 'Redis refuses the user or password of REDIS_URL.'],
    ['connect ECONNREFUSED 10.0.0.5:6379', 'Redis is away.'],
  ])('J9: says in words what "%s" means, and no address', (message, expected) => {
    expect(redisTrouble(new Error(message))).toMatchObject({ name: 'InfrastructureError', message: expected });
  });
});
