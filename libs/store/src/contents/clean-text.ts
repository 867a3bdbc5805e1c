/** What Postgres can keep of a stranger's text: without NUL, lone surrogates replaced. */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/** The same for a value that may be missing. */
export function cleanOrNull(text: string | null): string | null {
  return text === null ? null : cleanText(text);
}
