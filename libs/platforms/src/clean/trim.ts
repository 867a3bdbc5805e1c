/**
 * `text` without the characters at its end that `one` matches. In place of `/[...]+$/`, which looks at each run of such characters within the
 * text from every place of it: time by the square for a text that is one long run.
 * @param one A pattern of one character, without flag g.
 */
export function trimEndOf(text: string, one: RegExp): string {
  let end = text.length;
  while (end > 0 && one.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The same at both ends. */
export function trimOf(text: string, one: RegExp): string {
  const rest = trimEndOf(text, one);
  let start = 0;
  while (start < rest.length && one.test(rest.charAt(start))) start++;
  return rest.slice(start);
}

/** What stands before the first `mark`; all of it where there is none. */
export function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}
