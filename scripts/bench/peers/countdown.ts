/** A handler that does nothing but count, and a promise that resolves when it was called `count` times. */
export function countdown(count: number): { done: Promise<void>; one: () => Promise<void> } {
  let left = count;
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    done: promise,
    async one() {
      if (--left === 0) resolve();
    },
  };
}
