import {
  IdempotencyStore,
  type IdempotencyState,
  type IdempotencyUse,
  type StoredAnswer,
} from '@vaultstream/contracts';

/** The port's promises kept in a map. */
export class MemoryIdempotencyStore extends IdempotencyStore {
  private readonly uses = new Map<string, { bodyHash: string; answer?: StoredAnswer }>();

  async begin(use: IdempotencyUse, bodyHash: string): Promise<IdempotencyState> {
    const known = this.uses.get(JSON.stringify(use));
    if (!known) {
      this.uses.set(JSON.stringify(use), { bodyHash });
      return { state: 'new' };
    }
    if (known.bodyHash !== bodyHash) return { state: 'mismatch' };
    return known.answer ? { state: 'done', ...known.answer } : { state: 'busy' };
  }

  async complete(use: IdempotencyUse, answer: StoredAnswer): Promise<void> {
    const known = this.uses.get(JSON.stringify(use));
    if (known) known.answer = JSON.parse(JSON.stringify(answer)) as StoredAnswer;
  }

  async abandon(use: IdempotencyUse): Promise<void> {
    this.uses.delete(JSON.stringify(use));
  }
}
