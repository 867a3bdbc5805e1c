/**
 * `npm run fuzz`: the built product under Schemathesis, a public fuzzer, by its own OpenAPI document, with rows of every kind to meet.
 * Ends with a table of operations and the statuses they answered. Fails on any 5xx, on any status that the document does not know, on
 * any answer but 401 to a call without a token, and when an operation was never reached with success. Not part of `npm test`, which
 * has a fuzz of its own: this one needs Python and a package index, and says so when it has to be skipped (in CI it must not be).
 *
 *   npm run fuzz -- --max-time 600 --seed 7
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from './demo/children.mjs';
import { productClient, sandboxClient } from './demo/clients.mjs';
import { withRows } from './fuzz/document.mjs';
import { makeRows, startSite } from './fuzz/rows.mjs';
import { Watch } from './fuzz/watch.mjs';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, helpIfAsked, root } from './lib/workspace.mjs';

helpIfAsked(`npm run fuzz [-- options]: the built product under Schemathesis, a public fuzzer, which takes some ten minutes and needs Python.

  --max-time 600   seconds
  --seed 7         the same calls again`);

const version = '4.32.5';
const home = join(root, 'node_modules/.cache/vaultstream/schemathesis');
const program = join(home, 'bin/schemathesis');
const minCalls = 2_000;

/** Problems that a fuzzer of documents knows; its guesses about what ought to be refused are not ours. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

ensureInstalled();
await continueUnderPinnedNode();
ensureBuilt();

if (!existsSync(program)) {
  const steps = [
    ['python3', ['-m', 'venv', home]],
    [join(home, 'bin/pip'), ['install', '--quiet', `schemathesis==${version}`]],
  ];
  const failed = steps.find(([command, args]) => spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status !== 0);
  if (failed) {
    rmSync(home, { recursive: true, force: true });
    console.error(`SKIPPED: schemathesis ${version} cannot be installed (${failed[0]} failed).`);
    process.exit(process.env.CI ? 1 : 0);
  }
}

const dir = mkdtempSync(join(tmpdir(), 'vaultstream-fuzz-'));
// The database's service user must be able to pass through.
chmodSync(dir, 0o711);
const children = new Children(dir);
const site = await startSite();
let watch;
try {
  const sandbox = await children.startSandbox();
  const { url, token } = await children.startProduct(`${sandbox.hosts},${site.hosts}`, {
    API_RATE_LIMIT: '0',
    LOG_LEVEL: 'error',
  });
  const admin = productClient(url, token);
  console.error('making rows ...');
  const rows = await makeRows(admin, sandboxClient(sandbox.url));
  const scopes = ['read', 'write', 'push', 'admin'];
  const own = await admin.post('/tokens', { name: 'fuzzer', scopes });

  const document = await (await fetch(`${url}/openapi.json`)).json();
  const file = join(dir, 'openapi.json');
  writeFileSync(file, JSON.stringify(withRows(document, rows)));
  watch = new Watch(document, url, own.token, own.id);
  const front = await watch.start();
  // A stream has no end, and stored bytes have no schema: one call each, and the table.
  for (const path of ['/api/v1/events', `/media/${rows.mediaKeys[0]}`])
    await (await fetch(`${front}${path}`, { headers: { 'x-api-token': own.token } })).arrayBuffer();

  const given = process.argv.slice(2);
  const fuzzer = spawn(
    program,
    [
      ...['run', file, '--url', front, '-H', `X-API-Token: ${own.token}`],
      ...['--exclude-path', '/api/v1/events', '--exclude-path', '/media/{key}'],
      ...['--generation-with-security-parameters', 'false', '--request-timeout', '30'],
      ...[
        '--phases',
        'examples,coverage,fuzzing',
        '--checks',
        checks.join(','),
        '--continue-on-failure',
        '--no-shrink',
      ],
      ...(given.length > 0 ? given : ['--max-time', '600', '--seed', '1']),
    ],
    { cwd: dir, stdio: 'inherit' },
  );
  const [code] = await once(fuzzer, 'exit');
  watch.report();
  const problems = [
    ...(code === 0 ? [] : [`schemathesis ended with ${code}`]),
    ...(watch.faults.size === 0 ? [] : [`${watch.faults.size} faults`]),
    ...(watch.calls >= minCalls ? [] : [`only ${watch.calls} calls of at least ${minCalls}`]),
    ...watch.unreached().map((name) => `${name} was never reached with success`),
  ];
  console.log(
    `\n${watch.calls} calls, each with a token once more without. ${problems.join('; ') || 'All as it should be.'}`,
  );
  if (problems.length > 0) {
    console.log(readFileSync(join(dir, 'standalone.log'), 'utf8').split('\n').slice(-20).join('\n'));
    process.exitCode = 1;
  }
} finally {
  watch?.stop();
  await children.stopAll();
  site.close();
  rmSync(dir, { recursive: true, force: true });
}
