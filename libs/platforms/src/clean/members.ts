/** Reads values that a stranger wrote, member by member. Imports nothing, because the children that read pages and feeds load it too. */

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The items of an array; none of anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A member of a member of a stranger's object. */
export function memberAt(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce((inner, name) => membersOf(inner)[name], value);
}
