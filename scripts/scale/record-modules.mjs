/**
 * Preloaded (`node --import`): writes the name of every package, and of every room as `libs/<name>`, that a process of the product
 * loads into a file of its own, `<MODULES_DIR>/<app>-<pid>`: one name a line, as often as it has files.
 */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename, dirname, join } from 'node:path';

const main = process.argv[1] ?? '';
const owner = basename(main) === 'main.js' ? basename(dirname(dirname(main))) : basename(main);
const file = join(process.env.MODULES_DIR, `${owner}-${process.pid}`);

registerHooks({
  load(url, context, next) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? /libs\/[^/]+(?=\/dist)/.exec(url)?.[0];
    if (name) appendFileSync(file, `${name}\n`);
    return next(url, context);
  },
});
