import { dashboard } from './dashboard.ts';
import { curves, number, units } from './panels.ts';
import { chosen, increase, quantile, rate, ratio, sum, sumBy } from './promql.ts';

const pictures = (...matchers: string[]) => rate('vaultstream_media_total', ...matchers);
const calls = (...matchers: string[]) => rate('vaultstream_storage_request_duration_seconds_count', ...matchers);

/** Pictures and the bytes that are kept. */
export const vault = dashboard(
  {
    uid: 'vaultstream-vault',
    title: 'VaultStream / Vault',
    description: 'Pictures being archived, stored files, their checks, the object store.',
  },
  [
    [
      'Now',
      [
        number(
          { title: 'Files', description: 'Stored files, each counted once.', unit: units.count },
          'max(vaultstream_blobs)',
        ),
        number(
          { title: 'Bytes', description: 'Bytes of all stored files.', unit: units.bytes },
          'max(vaultstream_blob_bytes)',
        ),
        number(
          {
            title: 'Damaged',
            description: 'Files whose bytes are missing or altered. Anything above 0 needs a person.',
            unit: units.count,
          },
          'max(vaultstream_damaged_blobs)',
          { warn: 1, bad: 1 },
        ),
        number(
          {
            title: 'To be deleted',
            description: 'Files that nothing refers to; they go after their days of grace.',
            unit: units.count,
          },
          'max(vaultstream_orphans)',
        ),
        number(
          {
            title: 'Last check',
            description: 'Time since stored files were last compared with their hashes. Some fifty years mean never.',
            unit: units.seconds,
          },
          'time() - max(vaultstream_scrub_last_success_timestamp_seconds)',
          { warn: 172_800, bad: 604_800 },
        ),
        number(
          {
            title: 'Not stored twice',
            description: 'Pictures in the time shown whose bytes were there already.',
            unit: units.count,
          },
          sum(increase('vaultstream_blob_dedupe_total')),
          undefined,
          { decimals: 0 },
        ),
      ],
    ],
    [
      'Archiving',
      [
        curves(
          { title: 'Pictures', description: 'Pictures per second by how they ended.', unit: units.perSecond },
          [[sumBy('outcome', pictures()), '{{outcome}}']],
          { width: 8, stacked: true },
        ),
        curves(
          { title: 'Failure rate', description: 'Part of the pictures that could not be had.', unit: units.ratio },
          [[ratio(sum(pictures('outcome="failed"')), sum(pictures())), 'failed']],
          { width: 8, max: 1 },
        ),
        curves(
          {
            title: 'Duration',
            description: 'Fetching, converting and storing a picture: half, and 95 of 100, took less.',
            unit: units.seconds,
          },
          [
            [quantile(0.5, 'vaultstream_task_duration_seconds', 'task', 'task=~"media.+"'), '{{task}} p50'],
            [quantile(0.95, 'vaultstream_task_duration_seconds', 'task', 'task=~"media.+"'), '{{task}} p95'],
          ],
          { width: 8 },
        ),
      ],
    ],
    [
      'What is kept',
      [
        curves(
          { title: 'Stored bytes', description: 'Bytes of all stored files.', unit: units.bytes },
          [['max(vaultstream_blob_bytes)', 'bytes']],
          { width: 8 },
        ),
        curves(
          {
            title: 'Stored files',
            description: 'Files, and those of them that wait for their deletion.',
            unit: units.count,
          },
          [
            ['max(vaultstream_blobs)', 'stored'],
            ['max(vaultstream_orphans)', 'to be deleted'],
          ],
          { width: 8 },
        ),
        curves(
          { title: 'Free disk', description: 'Free part of the volumes that processes write to.', unit: units.ratio },
          [
            [
              `min by (job, instance, volume) (${chosen('vaultstream_disk_free_bytes')} / ${chosen('vaultstream_disk_size_bytes')})`,
              '{{job}} {{instance}} {{volume}}',
            ],
          ],
          { width: 8, max: 1 },
        ),
      ],
    ],
    [
      'Checks of stored files',
      [
        curves(
          {
            title: 'Files checked',
            description: 'Files per second that the daily check has read, by what it found.',
            unit: units.perSecond,
          },
          [[sumBy('outcome', rate('vaultstream_scrub_blobs_total')), '{{outcome}}']],
          { width: 8 },
        ),
        curves(
          {
            title: 'Bytes checked',
            description: 'Bytes per second that the daily check has read.',
            unit: units.bytesPerSecond,
          },
          [[sum(rate('vaultstream_scrub_bytes_total')), 'read']],
          { width: 8 },
        ),
        curves(
          {
            title: 'Damage found',
            description: 'Files per second found missing or altered, by any reader.',
            unit: units.perSecond,
          },
          [[sumBy('reason', rate('vaultstream_blobs_damaged_total')), '{{reason}}']],
          { width: 8 },
        ),
      ],
    ],
    [
      'Object store',
      [
        curves(
          { title: 'Calls', description: 'Calls per second by operation.', unit: units.perSecond },
          [[sumBy('backend, operation', calls()), '{{backend}} {{operation}}']],
          { width: 8, stacked: true },
        ),
        curves(
          { title: 'Failure rate', description: 'Part of the calls that failed.', unit: units.ratio },
          [[ratio(sumBy('backend', calls('outcome="error"')), sumBy('backend', calls())), '{{backend}}']],
          { width: 8, max: 1 },
        ),
        curves(
          { title: 'Duration', description: '95 of 100 calls took less.', unit: units.seconds },
          [[quantile(0.95, 'vaultstream_storage_request_duration_seconds', 'operation'), '{{operation}}']],
          { width: 8 },
        ),
      ],
    ],
  ],
);
