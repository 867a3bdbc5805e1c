/** Bytes that may be held at once. Nobody waits for it: who gets none does without. */
export class MemoryBudget {
  private taken = 0;

  constructor(private readonly bytes: number) {}

  /** Takes so many bytes; null when there are not as many left. Call what is answered, once, when they are free again. */
  take(bytes: number): (() => void) | null {
    if (this.taken + bytes > this.bytes) return null;
    this.taken += bytes;
    return () => void (this.taken -= bytes);
  }
}
