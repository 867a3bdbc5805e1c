import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prometheusIsHere, promtool, tempDir } from '@vaultstream/testing';
import { filesIn, prometheusFolder } from './rule-files.ts';

(prometheusIsHere() ? describe : describe.skip)('promtool', () => {
  it('accepts the configuration with its rules', () => {
    const { code, output } = promtool('check', 'config', join(prometheusFolder, 'prometheus.yml'));
    expect([code, output]).toEqual([0, expect.stringContaining('2 rule files found')]);
  });

  it('accepts the rules, also by its linter', () => {
    const { code, output } = promtool('check', 'rules', '--lint=all', '--lint-fatal', ...filesIn('rules'));
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it.each(filesIn('tests').map((file) => [basename(file), file]))('finds that rules do what %s says', (_, file) => {
    const { code, output } = promtool('test', 'rules', file);
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  describe('on rules that are wrong', () => {
    let folder: Awaited<ReturnType<typeof tempDir>>;
    beforeAll(async () => {
      folder = await tempDir();
      cpSync(prometheusFolder, folder.path, { recursive: true });
    });
    afterAll(() => folder.remove());

    it('says so', () => {
      const file = join(folder.path, 'rules/alerts.yml');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(
          'volume:vaultstream_disk_free:ratio < 0.05',
          'volume:vaultstream_disk_free:ratio > 0.05',
        ),
      );
      expect(promtool('test', 'rules', join(folder.path, 'tests/vault.yml')).code).not.toBe(0);
      writeFileSync(file, readFileSync(file, 'utf8').replace('ratio > 0.05', 'ratio >> 0.05'));
      expect(promtool('check', 'rules', file).code).not.toBe(0);
    });
  });
});
