/**
 * `npm run fuzz`: the built product under Schemathesis, a public fuzzer, by its own OpenAPI document. Not part of `npm test`, which
 * has a fuzz of its own: this one needs Python and a package index, and says so when it has to be skipped (in CI it must not be).
 *
 *   npm run fuzz -- --max-time 600 --seed 7
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { continueUnderPinnedNode, ensureBuilt, ensureInstalled, pinnedNode, root } from './lib/workspace.mjs';

const version = '4.32.5';
const home = join(root, 'node_modules/.cache/vaultstream/schemathesis');
const program = join(home, 'bin/schemathesis');

/** Problems that a fuzzer of documents knows; its guesses about what ought to be refused are not ours. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

ensureInstalled();
continueUnderPinnedNode();
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

// Shared addresses of example hosts are read from here, and no call leaves the machine for them.
const site = createServer((_, response) => {
  response.setHeader('content-type', 'text/html').end('<title>Fuzz</title><p>Text</p>');
}).listen(0, '127.0.0.1');
await once(site, 'listening');
const hosts = ['example.com', 'www.example.com', 'example.org', 'api.bilibili.com', 'b23.tv'];

const dataDir = mkdtempSync(join(tmpdir(), 'vaultstream-fuzz-'));
chmodSync(dataDir, 0o711);
const token = `vs_fuzz_${randomBytes(32).toString('hex')}`;
const product = spawn(pinnedNode(), [join(root, 'apps/standalone/dist/main.js')], {
  cwd: dataDir,
  env: {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DATA_DIR: dataDir,
    API_PORT: '0',
    API_TOKEN: token,
    API_RATE_LIMIT: '0',
    LOG_LEVEL: 'error',
    FETCH_HOST_OVERRIDES: hosts.map((host) => `${host}=http://127.0.0.1:${site.address().port}`).join(','),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(product, 'exit');
try {
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: product.stdout }).on('line', (line) => {
      const [, found] = /runs at (\S+)/.exec(line) ?? [];
      if (found) resolve(found);
      else if (line.startsWith('{')) console.error(line);
    });
    ended.then(() => reject(new Error('the product did not start')));
  });
  const given = process.argv.slice(2);
  const fuzzer = spawn(
    program,
    [
      ...['run', `${url}/openapi.json`, '--url', url, '-H', `X-API-Token: ${token}`],
      // A stream has no end, and stored bytes have no schema: both have tests of their own.
      ...['--exclude-path', '/api/v1/events', '--exclude-path', '/media/{key}'],
      // It finds its own token in the list, and would saw off the branch it sits on.
      ...['--exclude-operation-id', 'Tokens_revoke'],
      ...['--generation-with-security-parameters', 'false'],
      ...['--phases', 'examples,coverage,fuzzing', '--checks', checks.join(','), '--continue-on-failure'],
      ...(given.length > 0 ? given : ['--max-time', '300', '--seed', '1']),
    ],
    { cwd: dataDir, stdio: 'inherit' },
  );
  const [code] = await once(fuzzer, 'exit');
  process.exitCode = code ?? 1;
} finally {
  product.kill('SIGTERM');
  await ended;
  site.close();
  rmSync(dataDir, { recursive: true, force: true });
}
