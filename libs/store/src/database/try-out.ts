import type { Tx, UnitOfWork } from '@vaultstream/contracts';

/** Takes the transaction back and carries what it found past that. */
class TakenBack extends Error {
  override readonly name = 'TakenBack';
  constructor(readonly found: unknown) {
    super('taken back');
  }
}

/**
 * Runs a transition, answers what it found and takes back all that it wrote: what rehearsals look through. The rows are locked as in
 * earnest, for as long as it runs. Numbers of sequences are used up.
 * @throws What `work` and the database throw.
 */
export async function tryOut<T>(unitOfWork: UnitOfWork, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await unitOfWork.transact<never>(async (tx) => {
      throw new TakenBack(await work(tx));
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.found as T;
    throw error;
  }
}
