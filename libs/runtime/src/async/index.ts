export { ChildPool, type PoolOptions } from './child-pool.ts';
export { inLine, type Hold } from './in-line.ts';
export { JobEnded, JobFailed, type JobKind, type JobLimits } from './job-kind.ts';
export { forkChild } from './pool-child.ts';
export type { JobTurn } from './pool-job.ts';
