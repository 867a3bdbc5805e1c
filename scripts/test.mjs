/**
 * `npm test`: everything that must hold, in one command on a fresh machine. `npm run check` (`--fast`) is the part without services.
 *
 * Each check counts as one test, jest's tests count one by one; the last line is `N passed, N failed, N skipped`.
 * All checks run even when one fails, so that one run shows everything.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  continueUnderPinnedNode,
  ensureBuilt,
  ensureGenerated,
  ensureInstalled,
  readFlags,
  root,
  run,
  workspaceEnv,
} from './lib/workspace.mjs';

const { fast = false } = readFlags(
  'npm test: every check and test. npm run check (or --fast): format, lint, types, dead code, cycles and unit tests, without any service.',
  ['fast'],
);
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** Runs one command, its output shown when it ends (so that two at a time stay readable). Resolves to its exit code. */
function execute(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: workspaceEnv(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

async function check(name, command, args, shown = false) {
  const started = Date.now();
  const { code, output } = await execute(command, args);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (code === 0) total.passed++;
  else {
    total.failed++;
    failures.push(name);
  }
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (code !== 0 || shown) console.log(output);
}

/** What the tests need beside Postgres. What cannot be had is said aloud, and skipped by the suites that want it. */
async function getServices() {
  const { code, output } = await execute(process.execPath, ['scripts/services.mjs']);
  process.stdout.write(output);
  if (code === 0) return;
  total.failed++;
  failures.push('services');
}

/** Suites at a time, on two cores. What is not named here runs alone. */
const lanes = { unit: 2, int: 2 };

async function jest(project, only = [], name = project) {
  const report = join(root, 'node_modules', '.cache', 'vaultstream', `jest-${name}.json`);
  mkdirSync(join(report, '..'), { recursive: true });
  rmSync(report, { force: true });
  const started = Date.now();
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules/jest/bin/jest.js'),
      ...['--selectProjects', project, '--json', `--outputFile=${report}`],
      ...(lanes[name] === undefined ? ['--runInBand'] : [`--maxWorkers=${lanes[name]}`]),
      ...only,
    ],
    { cwd: root, env: workspaceEnv(), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const code = await new Promise((resolve) => child.on('close', resolve));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (!existsSync(report)) {
    total.failed++;
    failures.push(`${name} tests: the runner died with ${code}`);
    return;
  }
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const broken = result.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  ).length;
  total.passed += result.numPassedTests;
  total.failed += result.numFailedTests + broken;
  total.skipped += result.numPendingTests + result.numTodoTests;
  // Jest may exit with 1 although every test passed (an open handle, a failed teardown): that is a failure too.
  if (code !== 0 && result.numFailedTests + broken === 0) total.failed++;
  if (code !== 0) failures.push(`${name} tests`);
  console.log(
    `${code === 0 ? 'ok  ' : 'FAIL'} ${name} tests: ${result.numPassedTests} of ${result.numTotalTests} (${seconds} s)`,
  );
}

ensureInstalled({ tools: true });
await continueUnderPinnedNode();
ensureGenerated();
// The boundary rule is silent without a project graph: make it fresh, and let scripts/boundaries.spec.ts prove that it bites.
run('nx', ['graph', '--file=.nx/graph.json'], { stdio: ['ignore', 'ignore', 2] });

// Built from source where it is missing, which takes minutes: meanwhile the checks run.
const services = fast ? undefined : getServices();
await Promise.all([
  (async () => {
    await check('lint', 'eslint', ['.', '--max-warnings=0']);
  })(),
  (async () => {
    await check('types', 'tsc', ['-p', 'tsconfig.json']);
    await check('format', 'prettier', ['--check', '--log-level=warn', '.']);
    await check('dead code', 'knip', ['--no-progress']);
    await check('cycles', 'depcruise', ['--config', '.dependency-cruiser.mjs', 'libs', 'apps']);
  })(),
]);
await jest('unit');
if (!fast) {
  ensureBuilt();
  await services;
  await check('schema drift', process.execPath, ['scripts/db-drift.mjs']);
  // Event readers wait for the oldest transaction of the whole server: their suites run when no other does.
  await jest('int', ['--testPathIgnorePatterns', '/src/events/', '/dist/']);
  await jest('int', ['--testPathPatterns', '/src/events/'], 'int-events');
  await jest('e2e');
  await check('chaos', process.execPath, ['scripts/chaos.mjs'], true);
}

if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
