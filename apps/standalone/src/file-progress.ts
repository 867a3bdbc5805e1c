/** Milliseconds between two lines. */
const everyMs = 5_000;

let saidAt: number | undefined;

/** Says on stderr how far the stored files are, now and then. */
export function onFile(done: number, of: number): void {
  saidAt ??= performance.now();
  if (performance.now() - saidAt < everyMs) return;
  saidAt = performance.now();
  process.stderr.write(`stored files: ${done} of ${of}\n`);
}
