import type { ProblemDraft } from './problem.ts';

/** Thrown to answer once more with a problem that an earlier request with the same `Idempotency-Key` was answered with. */
export class ReplayedProblem extends Error {
  override readonly name = 'ReplayedProblem';

  constructor(readonly draft: ProblemDraft) {
    super(draft.detail);
  }
}
