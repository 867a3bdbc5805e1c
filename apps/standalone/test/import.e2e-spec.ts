import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { Product } from './support/product.ts';

const root = join(import.meta.dirname, '../../..');
let folder: Awaited<ReturnType<typeof tempDir>>;
let old: string;
let dataDir: string;
beforeAll(async () => {
  folder = await tempDir();
  dataDir = join(folder.path, 'data');
  old = join(folder.path, 'vaultstream.db');
  const db = new DatabaseSync(old);
  db.exec(`
    CREATE TABLE contents (id INTEGER PRIMARY KEY, platform TEXT, url TEXT, canonical_url TEXT, status TEXT, title TEXT, tags JSON);
    CREATE TABLE pushed_records (id INTEGER PRIMARY KEY, content_id INT, target_platform TEXT, message_id TEXT, pushed_at DATETIME);
    INSERT INTO contents VALUES (1, 'universal', 'https://example.com/1', 'https://example.com/1', 'PULLED', 'Pushed', '["old"]');
    INSERT INTO contents VALUES (2, 'universal', 'https://example.com/2', 'https://example.com/2', 'PULLED', 'Never pushed', '["old"]');
    INSERT INTO contents VALUES (3, 'universal', 'gopher://example.com', 'gopher://example.com', 'PULLED', 'No page', '[]');
    INSERT INTO pushed_records VALUES (1, 1, 'TG_CHANNEL_-1001', '5', '2024-01-06 10:00:00');`);
  db.close();
});
afterAll(() => folder.remove());

/** Runs the import command as built. */
async function runImport(...args: string[]) {
  const child = spawn(join(root, 'node_modules/node/bin/node'), [join(root, 'apps/standalone/dist/import.js'), ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  }); // prettier-ignore
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { stdout, stderr, code: code as number | null };
}

describe('npm run import', () => {
  it('dry run, import, again; the product then has it all and offers nothing that was pushed before', async () => {
    const dry = await runImport('--from', old, '--dry-run');
    expect(dry.stdout).toContain('Dry run: nothing was written. Would import');
    const report = join(folder.path, 'report.json');
    const done = await runImport('--from', old, '--report', report);
    // One of three is for a person to look at.
    expect(done).toMatchObject({ code: 1 });
    expect(done.stdout).toMatch(/contents +2 imported, 1 skipped/);
    expect(done.stderr).toContain('contents: 100 % (3 of 3)');
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      dry_run: false,
      finished: true,
      counts: { contents: { imported: 2, skipped: 1 }, pushes: { imported: 1 } },
      notes: [{ kind: 'contents', needs_person: true, count: 1, examples: ['3'] }],
    });
    expect((await runImport('--from', old)).stdout).toMatch(/contents +2 known, 1 skipped/);

    const product = await Product.start({ dataDir });
    try {
      const busy = await runImport('--from', old);
      expect(busy.code).toBe(1);
      expect(busy.stderr.trim().split('\n')).toHaveLength(1);
      const found = await product.call('GET', '/api/v1/contents?tag=old');
      expect(found.body.items.map((item: { title: string }) => item.title).sort()).toEqual(['Never pushed', 'Pushed']);
      const offer = { target_platform: 'TG_CHANNEL_-1001', limit: 10 };
      const offered = await product.call('POST', '/api/v1/bot/get-content', offer);
      expect(offered.body.map((item: { title: string }) => item.title)).toEqual(['Never pushed']);
      const again = await product.call('POST', '/api/v1/shares', { url: 'https://example.com/1?utm_source=x' });
      expect(again.body).toMatchObject({ created: false, status: 'PULLED' });
    } finally {
      await product.stop();
    }
  }, 180_000);

  it('says in one line what it cannot do', async () => {
    const none = await runImport('--from', join(folder.path, 'nowhere'));
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toBe(`The import failed: --from: there is no ${join(folder.path, 'nowhere')}\n`);
    expect((await runImport('--help')).code).toBe(0);
  }, 60_000);
});
