/** A promise took longer than it may. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';

  constructor(deadlineMs: number) {
    super(`not done within ${deadlineMs} ms`);
  }
}

/**
 * The result of `work`, unless it takes longer than `deadlineMs`. The work itself is not stopped: its late result or error
 * is dropped.
 * @throws DeadlineExceeded, or whatever `work` throws in time.
 */
export async function withDeadline<T>(work: () => Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    // A process that was held up finds the timer and the answer due at once: what has arrived is read first.
    timer = setTimeout(() => setImmediate(() => reject(new DeadlineExceeded(deadlineMs))), deadlineMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
