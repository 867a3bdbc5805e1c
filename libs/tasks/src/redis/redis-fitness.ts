import { InfrastructureError } from '@vaultstream/contracts';

/** BullMQ's own recommendation; older ones lack commands that it then replaces by slow ones. */
const oldestVersion = [6, 2] as const;

/** What INFO tells that matters to a queue. */
export interface RedisFitness {
  /** Of Redis, or of the Redis that a fork such as Valkey says it is. */
  version: string;
  policy: string;
  /** Whether what it holds survives its restart. */
  appendOnly: boolean;
}

/**
 * Reads the answer to INFO. CONFIG GET would tell the same, but managed services refuse it, and BullMQ needs INFO anyway.
 * @throws InfrastructureError that names the setting which makes this Redis unfit to carry work.
 */
export function assertFit(info: string): RedisFitness {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const [version, policy] = [field('redis_version'), field('maxmemory_policy')];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldestVersion[0] || (major === oldestVersion[0] && minor < oldestVersion[1]))
    throw new InfrastructureError(`Redis ${version} is too old: ${oldestVersion.join('.')} or newer is needed.`);
  if (policy !== 'noeviction')
    throw new InfrastructureError(
      `Redis may throw work away: its maxmemory-policy is "${policy}" and must be "noeviction" (CONFIG SET maxmemory-policy noeviction).`,
    );
  return { version, policy, appendOnly: field('aof_enabled') === '1' };
}
