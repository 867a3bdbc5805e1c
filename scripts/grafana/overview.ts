import { dashboard } from './dashboard.ts';
import { curves, number, units } from './panels.ts';
import { chosen, counted, increase, maxBy, rate, ratio, sum, sumBy, userRequests } from './promql.ts';

const requests = (range: (...matchers: string[]) => string) => ({
  all: sum(range(...userRequests())),
  failed: sum(range(...userRequests('status=~"5.."'))),
});
const requestRates = requests((...matchers) => rate('http_request_duration_seconds_count', ...matchers));
const runs = (outcomes: string) => sum(rate('vaultstream_tasks_total', `outcome=~"${outcomes}"`));
const pushes = (outcomes: string) => sum(increase('vaultstream_pushes_total', `outcome=~"${outcomes}"`));

/** Whether all is well, on one screen; each number leads to a dashboard of its own. */
export const overview = dashboard(
  {
    uid: 'vaultstream-overview',
    title: 'VaultStream / Overview',
    description: 'Whether all is well: begin here.',
  },
  [
    [
      'Now',
      [
        number(
          {
            title: 'Processes down',
            description: 'Processes that Prometheus cannot read. 0 is good.',
            unit: units.count,
          },
          'sum(1 - up{job=~"$job", instance=~"$instance"})',
          { warn: 1, bad: 2 },
        ),
        number(
          {
            title: 'Alerts',
            description:
              'Alerts that are firing now. Each names its runbook. The watchdog, which always fires, is left out.',
            unit: units.count,
          },
          'count(ALERTS{alertstate="firing", alertname=~"VaultStream.+", severity!="none"}) or vector(0)',
          { warn: 1, bad: 3 },
        ),
        number(
          {
            title: 'Oldest waiting task',
            description: 'How long the oldest task that could run has been waiting, over all queues.',
            unit: units.seconds,
          },
          'max(vaultstream_queue_oldest_seconds)',
          { warn: 300, bad: 1800 },
        ),
        number(
          {
            title: 'Task runs that failed',
            description: 'Part of all task runs that were retried or ended as dead letters.',
            unit: units.ratio,
          },
          ratio(runs('retried|dead'), runs('done|retried|dead')),
          { warn: 0.1, bad: 0.5 },
        ),
        number(
          {
            title: 'Requests that failed',
            description: 'Part of the API requests that were answered with 5xx: our fault, not the caller’s.',
            unit: units.ratio,
          },
          ratio(requestRates.failed, requestRates.all),
          { warn: 0.01, bad: 0.05 },
        ),
        number(
          {
            title: 'Dead letters',
            description: 'Tasks that have failed for good and wait for a person: replay or discard them.',
            unit: units.count,
          },
          `sum(${counted('vaultstream_dead_letters', 'queue')})`,
          { warn: 1, bad: 100 },
        ),
        number(
          {
            title: 'Pushes that arrived',
            description: 'Part of the pushes in the time shown that arrived at their target. Each failed try counts.',
            unit: units.ratio,
          },
          // Nothing was pushed: nothing has failed.
          `${pushes('sent')} / (${pushes('sent|failed|unconfirmed')} > 0) or ${pushes('sent|failed|unconfirmed')} * 0 + 1`,
          { warn: 0.95, bad: 0.8, low: true },
        ),
        number(
          {
            title: 'Platforms paused',
            description: 'Platforms whose circuit is open: they do not answer, and their pages wait.',
            unit: units.count,
          },
          `count(${counted('vaultstream_platform_circuit', 'platform')} == 1) or vector(0)`,
          { warn: 1, bad: 3 },
        ),
        number(
          {
            title: 'Damaged files',
            description:
              'Stored files whose bytes are known to be missing or altered. Anything above 0 needs a person.',
            unit: units.count,
          },
          'max(vaultstream_damaged_blobs)',
          { warn: 1, bad: 1 },
        ),
        number(
          {
            title: 'Least free disk',
            description: 'Free part of the fullest volume that a process writes to.',
            unit: units.ratio,
          },
          `min(${chosen('vaultstream_disk_free_bytes')} / ${chosen('vaultstream_disk_size_bytes')})`,
          { warn: 0.15, bad: 0.05, low: true },
        ),
        number(
          {
            title: 'Last backup',
            description: 'Time since the last backup that succeeded. Some fifty years mean that there was none.',
            unit: units.seconds,
          },
          'time() - max(vaultstream_backup_last_success_timestamp_seconds)',
          { warn: 129_600, bad: 259_200 },
        ),
        number(
          {
            title: 'Last check of the files',
            description:
              'Time since stored files were last read and compared with their hashes. Some fifty years mean never.',
            unit: units.seconds,
          },
          'time() - max(vaultstream_scrub_last_success_timestamp_seconds)',
          { warn: 172_800, bad: 604_800 },
        ),
      ],
    ],
    [
      'From share to channel',
      [
        curves(
          { title: 'Shared', description: 'New contents per second by platform.', unit: units.perSecond },
          [[sumBy('platform', rate('vaultstream_contents_created_total')), '{{platform}}']],
          { width: 6, stacked: true },
        ),
        curves(
          { title: 'Read', description: 'Pages read per second by how it ended.', unit: units.perSecond },
          [[sumBy('outcome', rate('vaultstream_parse_total')), '{{outcome}}']],
          { width: 6, stacked: true },
        ),
        curves(
          { title: 'Archived', description: 'Pictures per second by how they ended.', unit: units.perSecond },
          [[sumBy('outcome', rate('vaultstream_media_total')), '{{outcome}}']],
          { width: 6, stacked: true },
        ),
        curves(
          { title: 'Pushed', description: 'Calls of targets per second by how they ended.', unit: units.perSecond },
          [[sumBy('outcome', rate('vaultstream_pushes_total')), '{{outcome}}']],
          { width: 6, stacked: true },
        ),
        curves(
          {
            title: 'Waiting tasks',
            description:
              'Tasks that could run and wait for a worker. Short peaks are floods of shares; a line that only rises is trouble.',
            unit: units.count,
          },
          [[counted('vaultstream_queue_depth', 'queue', 'state="waiting"'), '{{queue}}']],
        ),
        curves(
          {
            title: 'Age of the oldest waiting task',
            description: 'How far behind each queue is.',
            unit: units.seconds,
          },
          [[counted('vaultstream_queue_oldest_seconds', 'queue'), '{{queue}}']],
        ),
      ],
    ],
    [
      'What is kept',
      [
        curves(
          {
            title: 'Contents by state',
            description: 'All contents. FAILED ones can be tried again.',
            unit: units.count,
          },
          [[`sum by (status) (${counted('vaultstream_contents', 'platform, status')})`, '{{status}}']],
          { width: 6, stacked: true },
        ),
        curves(
          {
            title: 'New contents in 24 hours',
            description: 'Contents made in the last 24 hours, by platform.',
            unit: units.count,
          },
          [[counted('vaultstream_contents_last_day', 'platform'), '{{platform}}']],
          { width: 6, stacked: true },
        ),
        curves(
          { title: 'Stored bytes', description: 'Bytes of all stored files, each counted once.', unit: units.bytes },
          [
            ['max(vaultstream_blob_bytes)', 'files'],
            ['max(vaultstream_db_size_bytes)', 'database'],
          ],
          { width: 6 },
        ),
        curves(
          {
            title: 'API tokens in use',
            description: 'Tokens that were used within the last hour, day and week.',
            unit: units.count,
          },
          [[counted('vaultstream_active_tokens', 'window'), 'within {{window}}']],
          { width: 6 },
        ),
      ],
    ],
    [
      'Processes',
      [
        curves({ title: 'CPU', description: 'Cores that each process uses.', unit: units.cores }, [
          [maxBy('job, instance', rate('process_cpu_seconds_total')), '{{job}} {{instance}}'],
        ]),
        curves(
          {
            title: 'Memory',
            description: 'Resident memory of each process. Its children, which read pages and pictures, are not in it.',
            unit: units.bytes,
          },
          [[maxBy('job, instance', chosen('process_resident_memory_bytes')), '{{job}} {{instance}}']],
        ),
      ],
    ],
  ],
);
