/**
 * A program that tests want: where it cannot be had they are skipped, and said to be. In CI that would hide a hole.
 * @param variable The environment variable that jest's global set-up gives its path in.
 * @returns Its path, or null.
 * @throws when CI=true and it is missing.
 */
export function required(name: string, variable: string): string | null {
  const path = process.env[variable];
  if (path) return path;
  if (process.env.CI === 'true') throw new Error(`CI=true, and there is no ${name} for the tests`);
  return null;
}
