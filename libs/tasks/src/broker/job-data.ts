import type { Chunk, Generation, TraceContext, WakeUp } from '@vaultstream/contracts';

interface TaskData {
  task_id: string;
  generation: number;
}

/** What lies in a job. Ids only: a broker's data is readable. A job of one task looks as it always has, so that any release can read it. */
export interface JobData extends TaskData {
  trace: TraceContext;
  /** Further tasks of the same chunk. */
  others?: TaskData[];
}

const written = ({ taskId, generation }: Generation): TaskData => ({ task_id: taskId, generation });
const read = (task: TaskData): Generation => ({ taskId: task.task_id, generation: task.generation });

export function dataOf({ others, trace, ...first }: WakeUp): JobData {
  return { ...written(first), trace, ...(others && { others: others.map(written) }) };
}

export function chunkIn({ others, ...first }: JobData): Chunk {
  return { ...read(first), ...(others && { others: others.map(read) }) };
}
