/** A door that a test opens: what waits at it goes on exactly then. */
export interface Gate {
  open(): void;
  /** Resolves once it is open. */
  passed: Promise<void>;
}

/** A closed gate. */
export function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, passed: promise };
}
