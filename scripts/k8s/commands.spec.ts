import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runK8s } from './commands.ts';
import { writeDevSecrets } from './dev-secrets.ts';
import { writeRelease } from './release.ts';

const production = join(dirname(dirname(import.meta.dirname)), 'k8s/overlays/production');

describe('npm run k8s', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'vaultstream-k8s-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('secrets: makes them once, for nobody else to read', () => {
    const { file, fresh } = writeDevSecrets(dir);
    expect([fresh, statSync(file).mode & 0o777]).toEqual([true, 0o600]);
    const first = readFileSync(file, 'utf8');
    const values = new Map(
      first
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    expect(Buffer.from(values.get('secrets-key') ?? '', 'base64')).toHaveLength(32);
    expect(values.get('database-url')).toContain(values.get('postgres-password'));
    expect(values.get('redis-url')).toContain(values.get('redis.conf')?.split(' ')[1]);
    expect(writeDevSecrets(dir).fresh).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe(first);
  });

  it('release: writes one tag everywhere, keeps a registry of one’s own, and does the same twice', () => {
    cpSync(production, dir, { recursive: true });
    const file = join(dir, 'kustomization.yaml');
    const own = readFileSync(file, 'utf8').replace(
      'vaultstream/api, newTag',
      'vaultstream/api, newName: registry.example.com/api, newTag',
    );
    writeFileSync(file, own);
    for (let round = 0; round < 2; round++) {
      writeRelease(dir, 'v2.0.1');
      const text = readFileSync(file, 'utf8');
      expect(text.match(/newTag: v2\.0\.1 /g)).toHaveLength(5);
      expect(text).toContain('newName: registry.example.com/api, newTag: v2.0.1');
      expect(readFileSync(join(dir, 'migrate/kustomization.yaml'), 'utf8')).toMatch(
        /nameSuffix: -v2-0-1\n[^]*newTag: v2\.0\.1 /,
      );
    }
  });

  it.each(['', 'V1', 'a b', 'x'.repeat(41), '-1', '../x'])('release: refuses the tag %j', (tag) => {
    expect(() => writeRelease(production, tag)).toThrow('cannot be used');
  });

  it('tells how it is used', () => {
    const lines: string[] = [];
    const output = { say: () => undefined, complain: (line: string) => void lines.push(line) };
    expect([runK8s([], output), runK8s(['apply'], output), runK8s(['release', '?'], output)]).toEqual([2, 2, 1]);
    expect(lines[0]).toContain('secrets | release <tag>');
  });
});
