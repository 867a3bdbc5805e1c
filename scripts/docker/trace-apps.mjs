/**
 * Copies what each app loads, and nothing else, to `<out>/<app>/modules` (node_modules) and `<out>/<app>/program` (everything else), each
 * laid out as in the workspace: what the images of the Dockerfile hold. Run it in a built workspace.
 *
 *   node scripts/docker/trace-apps.mjs <out>
 */
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node scripts/docker/trace-apps.mjs <out>');
const root = dirname(dirname(import.meta.dirname));

/** What every process with a database looks for by its path: the migrations that it must have seen. */
const database = ['prisma/schema.prisma', 'prisma/migrations'];
/** Files that are read, not loaded, so that no import leads to them. */
const apps = {
  // The pages of Bull Board, and of the API reference.
  api: [...database, ...inPackage('@bull-board/ui', ['package.json', 'dist']), ...swagger()],
  'parse-worker': database,
  'media-worker': database,
  'push-dispatcher': database,
  scheduler: database,
  migrate: database,
  sandbox: [],
};

function inPackage(name, files) {
  return files.map((file) => `node_modules/${name}/${file}`);
}

function swagger() {
  const files = ['package.json', 'swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
  return inPackage('swagger-ui-dist', files);
}

/** Files of a folder of the workspace; itself when it is a file. */
function filesIn(path) {
  if (!lstatSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesIn(join(path, name)));
}

/** Programs of child processes stand beside the module that starts them, which names them by its own ending. */
function childEntries(files) {
  return files
    .filter((file) => /^(?:libs|apps)\/[^/]+\/dist\/.*\.js$/.test(file))
    .flatMap((file) => {
      const names = readFileSync(join(root, file), 'utf8').matchAll(/`\.\/([\w-]+-child)\$\{extname/g);
      return [...names].map(([, name]) => join(dirname(file), `${name}.js`));
    });
}

// What was found out about a file for one app holds for the next.
const cache = {};
const trace = async (entries) => {
  const { fileList } = await nodeFileTrace(
    entries.map((entry) => join(root, entry)),
    { base: root, cache },
  );
  return [...fileList];
};

/** All that an app loads, its child processes too. */
async function filesOf(app) {
  const entries = readdirSync(join(root, 'apps', app, 'dist'))
    .filter((name) => name.endsWith('.js'))
    .filter((name) => name === 'main.js' || app === 'migrate')
    .map((name) => `apps/${app}/dist/${name}`);
  const loaded = await trace(entries);
  const children = await trace(childEntries(loaded));
  return new Set([...loaded, ...children, ...apps[app].flatMap(filesIn), 'package.json']);
}

function copy(file, to) {
  const from = join(root, file);
  const stat = lstatSync(from);
  if (stat.isDirectory()) return 0;
  mkdirSync(dirname(to), { recursive: true });
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else {
    copyFileSync(from, to);
    // The same file is the same layer in every build.
    utimesSync(to, stat.atime, stat.mtime);
  }
  return stat.size;
}

for (const app of Object.keys(apps)) {
  const files = await filesOf(app);
  let bytes = 0;
  for (const file of files) {
    const part = file.startsWith('node_modules/') ? 'modules' : 'program';
    bytes += copy(file, join(out, app, part, relative(part === 'modules' ? 'node_modules' : '.', file)));
  }
  // An app without packages has an empty folder of them.
  mkdirSync(join(out, app, 'modules'), { recursive: true });
  console.log(`${app}: ${files.size} files, ${(bytes / 1e6).toFixed(1)} MB`);
}
