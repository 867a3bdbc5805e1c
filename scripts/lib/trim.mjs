/**
 * Removes what installed packages bring and nothing here reads: about 130 MB. npm has no way to leave out a part of a package. A
 * package that is installed again brings it back, which does no harm.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Names of what lies in a folder; none when there is no such folder. */
function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** @param nodeModules path of the `node_modules` folder */
export function trimPackages(nodeModules) {
  // Headers and manual pages of the pinned Node: nothing here compiles native code.
  const nodes = join(nodeModules, 'node', 'node_modules');
  for (const name of namesIn(nodes).filter((entry) => entry.startsWith('node-')))
    for (const part of ['include', 'share']) rmSync(join(nodes, name, part), { recursive: true, force: true });
  // Prisma's query compilers for databases other than Postgres.
  const runtime = join(nodeModules, '@prisma', 'client', 'runtime');
  const others = /^query_compiler_.*\.(cockroachdb|mysql|sqlite|sqlserver)\./;
  for (const name of namesIn(runtime).filter((entry) => others.test(entry))) rmSync(join(runtime, name));
}
