import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tempDir } from '@vaultstream/testing';
import { webp, writeLite, writeMedia } from '../test/old-installation.ts';
import { openRig, type Rig } from '../test/rig.ts';

const contents = 300;
let rig: Rig;
let old: Awaited<ReturnType<typeof tempDir>>;
beforeAll(async () => {
  [rig, old] = await Promise.all([openRig(), tempDir()]);
  writeLite(old.path, {
    contents: Array.from({ length: contents }, (_, at) => ({
      platform: 'universal',
      url: `https://example.com/${at}`,
      canonical_url: `https://example.com/${at}`,
      title: `Number ${at}`,
      raw_metadata: {
        archive: {
          images: [{ url: `https://i.example.com/${at}`, stored_key: writeMedia(old.path, webp(`${at % 100}`)) }],
        },
      },
    })),
    pushed_records: Array.from({ length: contents }, (_, at) => ({
      content_id: at + 1,
      target_platform: 'TG_CHANNEL_1',
      message_id: String(at),
      pushed_at: '2024-01-08',
    })),
  });
}, 60_000);
afterAll(() => Promise.all([rig.close(), old.remove()]));

/** Starts an import and kills it when it has told of so many rows, in the middle of the next batch. */
async function killAfter(rows: number): Promise<void> {
  const root = join(import.meta.dirname, '../../..');
  const child = spawn(
    process.execPath,
    ['--import', join(root, 'scripts/source.mjs'), join(import.meta.dirname, '../test/import-child.ts'), old.path, rig.url, rig.folder.path],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] ?? '' } },
  ); // prettier-ignore
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (Number(line.split(' ')[1]) >= rows) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

describe('kill -9 in the middle of an import', () => {
  it('leaves whole contents only, and the next run completes it without a duplicate', async () => {
    for (const rows of [20, 140]) await killAfter(rows);
    const half = await rig.rows<{ n: number; whole: number }>(`
      SELECT count(*)::int AS n, count(*) FILTER (WHERE title IS NOT NULL
        AND EXISTS (SELECT 1 FROM media m WHERE m.content_id = c.id AND m.status = 'stored')
        AND EXISTS (SELECT 1 FROM content_sources s WHERE s.content_id = c.id)
        AND EXISTS (SELECT 1 FROM deliveries d WHERE d.content_id = c.id AND d.state = 'sent'))::int AS whole FROM contents c`);
    expect(half[0]?.n).toBeGreaterThanOrEqual(140);
    expect(half[0]?.n).toBeLessThan(contents);
    expect(half[0]?.whole).toBe(half[0]?.n);
    const report = await rig.run(old.path);
    expect(report.finished).toBe(true);
    expect(report.counts.contents).toEqual({ known: half[0]?.n, imported: contents - (half[0]?.n ?? 0) });
    const count = async (table: string) =>
      (await rig.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;
    expect(
      await Promise.all(['contents', 'content_sources', 'media', 'deliveries', 'delivery_parts'].map(count)),
    ).toEqual(Array<number>(5).fill(contents));
    expect(await rig.db.client.blob.count({ where: { state: 'live' } })).toBe(100);
    expect(await rig.deliveries.offers({ targetKey: 'TG_CHANNEL_1', limit: 10 })).toEqual([]);
  }, 120_000);
});
