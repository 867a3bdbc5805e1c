/** Tags of one content at most; what people and platforms add beyond is left out. */
export const maxTags = 200;

/** Both lists without duplicates, the known ones first and in their order, cut at 200. */
export function uniteTags(known: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...known, ...added])].slice(0, maxTags);
}
