import { itemsOf, membersOf } from '../../clean/json.ts';

/** A part of a post, such as its author or its text. */
export type Module = Readonly<Record<string, unknown>>;
/** The parts of a post by name, such as `author` for `module_author`. */
export type Modules = ReadonlyMap<string, Module>;

/** Parts that one post has at most, with room to spare. */
const maxModules = 50;

/** The parts of a post in either form: `opus/detail` answers a list of objects with one part each, `detail` one object with all of them. */
export function modulesOf(item: unknown): Modules {
  const { modules } = membersOf(item);
  const holders = Array.isArray(modules) ? itemsOf(modules).slice(0, maxModules) : [modules];
  const found = new Map<string, Module>();
  for (const holder of holders)
    for (const [key, value] of Object.entries(membersOf(holder)).slice(0, maxModules)) {
      const name = /^module_([a-z_]{1,30})$/.exec(key)?.[1];
      if (name !== undefined && name !== 'type' && !found.has(name)) found.set(name, membersOf(value));
    }
  return found;
}

/** One part; an empty one when the post has none of that name. */
export function moduleOf(modules: Modules, name: string): Module {
  return modules.get(name) ?? {};
}
