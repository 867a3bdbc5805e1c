import { dashboard } from './dashboard.ts';
import { curves, number, units } from './panels.ts';
import { chosen, counted, maxBy, quantile, rate, sum, sumBy, top } from './promql.ts';

const each = '{{job}} {{instance}}';

/** What the processes, Postgres and the disks have to bear. */
export const processes = dashboard(
  {
    uid: 'vaultstream-processes',
    title: 'VaultStream / Processes and stores',
    description: 'CPU, memory, event loop, disk, network, Postgres.',
  },
  [
    [
      'Now',
      [
        number(
          { title: 'Processes', description: 'Processes that Prometheus reads.', unit: units.count },
          'count(up{job=~"$job", instance=~"$instance"} == 1)',
        ),
        number(
          {
            title: 'Versions',
            description: 'Different builds that run. More than one only during an upgrade.',
            unit: units.count,
          },
          `count(count by (version, revision) (${chosen('vaultstream_build_info')}))`,
          { warn: 2, bad: 3 },
        ),
        number(
          {
            title: 'Youngest process',
            description:
              'Time since the last start: a small number that stays small is a process that dies again and again.',
            unit: units.seconds,
          },
          `time() - max(${chosen('process_start_time_seconds')})`,
        ),
        number(
          {
            title: 'Connections in use',
            description: 'Connections to Postgres, as a part of those that it takes.',
            unit: units.ratio,
          },
          `sum(${counted('vaultstream_db_connections', 'state')}) / max(vaultstream_db_max_connections)`,
          { warn: 0.7, bad: 0.85 },
        ),
        number(
          { title: 'Database', description: 'Bytes of the database.', unit: units.bytes },
          'max(vaultstream_db_size_bytes)',
        ),
        number(
          {
            title: 'Elected',
            description: 'Processes that read the gauges of the database: always 1.',
            unit: units.count,
          },
          'sum(vaultstream_leader{role="metrics"})',
          { warn: 1, bad: 1, low: true },
        ),
      ],
    ],
    [
      'Processes',
      [
        curves({ title: 'CPU', description: 'Cores that each process uses.', unit: units.cores }, [
          [maxBy('job, instance', rate('process_cpu_seconds_total')), each],
        ]),
        curves({ title: 'Memory', description: 'Resident memory.', unit: units.bytes }, [
          [maxBy('job, instance', chosen('process_resident_memory_bytes')), each],
        ]),
        curves(
          {
            title: 'Heap',
            description: 'JavaScript objects in use. A line that never falls is a leak.',
            unit: units.bytes,
          },
          [[maxBy('job, instance', chosen('nodejs_heap_size_used_bytes')), each]],
        ),
        curves(
          {
            title: 'Event loop',
            description: 'Longest delay in each second, p99: nobody was answered meanwhile. Above 0.25 s is too long.',
            unit: units.seconds,
          },
          [[quantile(0.99, 'vaultstream_event_loop_delay_seconds', 'job, instance'), each]],
        ),
        curves(
          {
            title: 'Garbage collection',
            description: 'Part of the time that each process spends on it.',
            unit: units.ratio,
          },
          [[sumBy('job, instance', rate('nodejs_gc_duration_seconds_sum')), each]],
        ),
        curves(
          {
            title: 'Open files',
            description: 'File descriptors in use, as a part of those that a process may have.',
            unit: units.ratio,
          },
          [[maxBy('job, instance', `${chosen('process_open_fds')} / ${chosen('process_max_fds')}`), each]],
        ),
      ],
    ],
    [
      'Postgres',
      [
        curves(
          {
            title: 'Connections',
            description: 'Connections of all processes by state, and the most that Postgres takes.',
            unit: units.count,
          },
          [
            [counted('vaultstream_db_connections', 'state'), '{{state}}'],
            ['max(vaultstream_db_max_connections)', 'most'],
          ],
          { width: 8 },
        ),
        curves(
          {
            title: 'Callers without a connection',
            description: 'Callers that wait for a connection of their process’s pool.',
            unit: units.count,
          },
          [[maxBy('job, instance', chosen('vaultstream_db_pool_connections', 'state="waiting"')), each]],
          { width: 8 },
        ),
        curves(
          { title: 'Statements', description: 'Statements per second by kind.', unit: units.perSecond },
          [[sumBy('operation', rate('vaultstream_db_query_duration_seconds_count')), '{{operation}}']],
          { width: 8, stacked: true },
        ),
        curves(
          { title: 'Duration of statements', description: '95 of 100 statements took less.', unit: units.seconds },
          [[quantile(0.95, 'vaultstream_db_query_duration_seconds', 'operation'), '{{operation}}']],
          { width: 8 },
        ),
        curves(
          {
            title: 'Slow statements',
            description: 'Statements per second that took longer than a second; the log names them.',
            unit: units.perSecond,
          },
          [[sumBy('job, instance', rate('vaultstream_db_slow_queries_total')), each]],
          { width: 8 },
        ),
        curves(
          {
            title: 'Largest tables',
            description: 'Bytes of the ten largest tables, with their indexes.',
            unit: units.bytes,
          },
          [[top(10, counted('vaultstream_db_table_bytes', 'table')), '{{table}}']],
          { width: 8, stacked: true },
        ),
      ],
    ],
    [
      'Disk, network, reporting',
      [
        curves(
          { title: 'Free disk', description: 'Free part of the volumes that processes write to.', unit: units.ratio },
          [
            [
              `min by (job, instance, volume) (${chosen('vaultstream_disk_free_bytes')} / ${chosen('vaultstream_disk_size_bytes')})`,
              `${each} {{volume}}`,
            ],
          ],
          { width: 8, max: 1 },
        ),
        curves(
          {
            title: 'Disk',
            description: 'Bytes per second that processes read from and write to disks (Linux).',
            unit: units.bytesPerSecond,
          },
          [[sumBy('job, instance, direction', rate('vaultstream_disk_io_bytes_total')), `${each} {{direction}}`]],
          { width: 8 },
        ),
        curves(
          {
            title: 'Network',
            description:
              'Bytes per second over the interfaces of the machine or container (Linux). Processes on one machine show the same.',
            unit: units.bytesPerSecond,
          },
          [[maxBy('job, instance, direction', rate('vaultstream_network_bytes_total')), `${each} {{direction}}`]],
          { width: 8 },
        ),
        curves(
          {
            title: 'Values that could not be read',
            description: 'Failures per second to read what is shown here, by what was to be read.',
            unit: units.perSecond,
          },
          [[`${sumBy('collector', rate('vaultstream_collect_failures_total'))}`, '{{collector}}']],
        ),
        curves(
          {
            title: 'Lost log lines',
            description: 'Lines per second that could not be written into LOG_FILE.',
            unit: units.perSecond,
          },
          // Processes without LOG_FILE have no such series.
          [[`${sum(rate('vaultstream_log_lines_lost_total'))} or vector(0)`, 'lost']],
        ),
      ],
    ],
  ],
);
