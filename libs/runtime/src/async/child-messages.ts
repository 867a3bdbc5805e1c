/** What crosses the pipe between the pool and a child. Types only: both sides import it. */

export interface JobMessage {
  id: number;
  request: unknown;
}

/** `ready` or `unusable` once, then one answer for each job, with the CPU that it took, all threads together: milliseconds. */
export type ChildMessage =
  | { kind: 'ready' }
  | { kind: 'unusable'; message: string }
  | { kind: 'done'; id: number; answer: unknown; cpuMs: number }
  | { kind: 'failed'; id: number; message: string; reason?: string; cpuMs: number };
