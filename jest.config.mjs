/**
 * Three levels of tests, one runner:
 *  unit  `*.spec.ts`       beside the source, no services
 *  int   `*.int-spec.ts`   on real Postgres (a template database cloned per suite) and real files
 *  e2e   `*.e2e-spec.ts`   real processes of the built product
 */
const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      target: 'es2023',
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const project = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  modulePathIgnorePatterns: ['<rootDir>/(libs|apps)/[^/]+/dist/'],
  watchPathIgnorePatterns: ['/dist/', '/data/'],
  ...more,
});

/** Projects whose tests use Postgres. */
const withPostgres = {
  globalSetup: '<rootDir>/libs/testing/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.mjs',
};

export default {
  // Milliseconds. Generous: a busy machine is slow, and no test here is about speed.
  testTimeout: 30_000,
  projects: [
    project('unit', ['<rootDir>/{libs,apps,scripts}/**/*.spec.ts']),
    project('int', ['<rootDir>/{libs,apps,scripts}/**/*.int-spec.ts'], withPostgres),
    project('e2e', ['<rootDir>/{libs,apps,scripts}/**/*.e2e-spec.ts'], withPostgres),
  ],
};
