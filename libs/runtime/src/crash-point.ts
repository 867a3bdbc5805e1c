/**
 * Places where a process may be made to die, for tests: the narrow gaps between two steps, which random kills hardly ever hit.
 * Armed by VS_CRASH_AT; otherwise one comparison with undefined.
 */
export const crashPoints = [
  /** The share is committed, its caller does not know it yet. */
  'after-share-before-answer',
  /** Tasks are marked as handed over, the broker has not got them. */
  'before-publish',
  /** The broker has got them. */
  'after-publish',
  /** The run is counted, nothing has been done. */
  'after-claim',
  /** A picture is here, its bytes are nowhere else. */
  'after-fetch-before-put',
  /** The object store has the bytes, no row refers to them. */
  'after-put-before-row',
  /** In a run's last transaction, after its last statement. */
  'before-commit',
  /** The task's row is gone, the broker still holds its job. */
  'after-commit-before-ack',
  /** A message is claimed, its call has not left. */
  'before-send',
  /** The service has answered, no receipt is written. */
  'after-send-before-receipt',
  /** An object is deleted, its row says that a delete is under way. */
  'after-delete-before-row',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

let armed: CrashPoint | undefined;
let passes = 0;

/**
 * Arms one place for the life of this process; undefined disarms.
 * @param at Dies when the place is reached for the n-th time: `passes`, 1 is the first.
 */
export function armCrashPoint(at: { name: CrashPoint; passes: number } | undefined): void {
  armed = at?.name;
  passes = at?.passes ?? 0;
}

/** Marks a place. When it is armed, the process ends here as by SIGKILL: no handler runs, nothing is flushed. */
export function crashPoint(name: CrashPoint): void {
  if (name !== armed || --passes > 0) return;
  process.kill(process.pid, 'SIGKILL');
}
