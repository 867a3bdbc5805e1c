interface Waiting<W, R> {
  wish: W;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Joins the wishes of one process into statements: those that come while one is under way go together in the next. Alone, a wish waits
 * for nobody; under load, sixteen cost little more than one.
 * @param work Does all of them and answers one result for each, in their order; when it throws, all of them fail.
 */
export class Together<W, R> {
  private waiting: Waiting<W, R>[] = [];
  private underWay = false;

  /** @param start Starts the first statement after a rest. At once, unless said otherwise; `setImmediate` for wishes that come in swarms. */
  constructor(
    private readonly work: (wishes: readonly W[]) => Promise<readonly R[]>,
    private readonly start: (run: () => void) => void = (run) => run(),
  ) {}

  do(wish: W): Promise<R> {
    const result = this.put(wish);
    this.begin();
    return result;
  }

  /** As `do` for each of them, in the same statement. */
  doAll(wishes: readonly W[]): Promise<R[]> {
    const results = Promise.all(wishes.map((wish) => this.put(wish)));
    this.begin();
    return results;
  }

  private put(wish: W): Promise<R> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ wish, resolve, reject });
    });
  }

  private begin(): void {
    if (this.underWay) return;
    this.underWay = true;
    this.start(() => void this.run());
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        const results = await this.work(batch.map(({ wish }) => wish));
        batch.forEach(({ resolve }, index) => resolve(results[index] as R));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.underWay = false;
  }
}
