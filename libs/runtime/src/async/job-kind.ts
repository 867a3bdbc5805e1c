/** What a kind of job may take. Whatever it takes more ends its child, and only that. */
export interface JobLimits {
  /** The clock of the wall for one job: milliseconds. Above the CPU limit, because children are the last to get a core. */
  wallMs: number;
  /** CPU of one job, all threads together: milliseconds. Only Linux tells it. */
  cpuMs: number;
  /** Resident memory of the child: bytes. */
  rss: number;
  /** Its JavaScript heap: MB. */
  heapMb: number;
}

/** A kind of job that runs in children of its own: which program, and what it may do. The pool knows nothing of what the jobs are about. */
export interface JobKind {
  /** For messages, such as `page reader`. */
  name: string;
  /** The child's program, which calls `serveJobs`. In the sources TypeScript that Node runs as it stands. */
  entry: URL;
  limits: JobLimits;
  /** It loads native modules. */
  addons?: boolean;
  /** The child's whole environment. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Why a child ended before it answered. `time` and `starved`: the clock of the wall ran out. It was `starved` when nothing shows that the job was
 * at fault: it had not had half of the CPU that it may take, or the system does not tell.
 */
export type JobEnd = 'time' | 'starved' | 'cpu' | 'memory' | 'crash';

/** What it means that the clock of the wall ran out. @param cpuMs What the job has had until then; null where the system does not tell. */
export const endByClock = (cpuMs: number | null, limits: JobLimits): JobEnd =>
  (cpuMs ?? 0) < limits.cpuMs / 2 ? 'starved' : 'time';

/** The job has ended its child: it took too much, or brought the program down. */
export class JobEnded extends Error {
  override readonly name = 'JobEnded';
  readonly why: JobEnd;

  constructor(why: JobEnd) {
    super(`a job ended its child: ${why}`);
    this.why = why;
  }
}

/** What the job's own code has thrown. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
  /** `reason` of the error that was thrown, where it has one. */
  readonly reason: string | undefined;

  constructor(message: string, reason?: string) {
    super(message);
    this.reason = reason;
  }
}
