import { InfrastructureError } from '@vaultstream/contracts';

/** What Redis says while it cannot do its work, by the first word of its answer, and what that means to whoever runs it. */
const answers: [RegExp, string][] = [
  [/^OOM\b|command not allowed when used memory/, 'Redis is full: raise its maxmemory.'],
  [/^MISCONF\b/, 'Redis cannot write to its disk and so takes nothing.'],
  [/^READONLY\b/, 'REDIS_URL leads to a replica of Redis, which takes nothing.'],
  [/^(?:LOADING|BUSY|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|TRYAGAIN)\b/, 'Redis is not ready.'],
  [
    /^(?:NOAUTH|WRONGPASS)\b|invalid password|invalid username-password/,
    'Redis refuses the user or password of REDIS_URL.',
  ],
  [/^NOPERM\b/, 'The user of REDIS_URL may not do in Redis what a queue needs.'],
];

/** An outage, said in words that everybody may read. The original is its cause. */
export function redisTrouble(cause: unknown): InfrastructureError {
  const text = cause instanceof Error ? cause.message : '';
  const [, message] = answers.find(([pattern]) => pattern.test(text)) ?? [undefined, 'Redis is away.'];
  return new InfrastructureError(message, { cause });
}

/** Whether Redis itself refuses work, whatever that is: not the fault of the one command. */
export function isRedisTrouble(error: unknown): boolean {
  return error instanceof Error && answers.some(([pattern]) => pattern.test(error.message));
}
