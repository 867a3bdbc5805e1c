/** A value that is asked for often and loaded at most once in `maxAgeMs`, by one caller for all. What `load` throws is not kept. */
export class Cached<T> {
  private pending: Promise<T> | undefined;
  private loadedAt = 0;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly maxAgeMs: number,
  ) {}

  get(): Promise<T> {
    if (!this.pending || performance.now() - this.loadedAt > this.maxAgeMs) {
      const pending = this.load();
      this.pending = pending;
      this.loadedAt = Number.POSITIVE_INFINITY;
      pending.then(
        () => (this.loadedAt = performance.now()),
        () => (this.pending = undefined),
      );
    }
    return this.pending;
  }
}
