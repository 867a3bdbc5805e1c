import { dashboard } from './dashboard.ts';
import { curves, number, units } from './panels.ts';
import { chosen, counted, increase, quantile, rate, ratio, sum, sumBy, top } from './promql.ts';

const runs = (labels: string, outcomes: string) =>
  sumBy(labels, rate('vaultstream_tasks_total', `outcome=~"${outcomes}"`));
const ends = 'done|retried|dead';

/** What waits, how old it is, how fast it goes and how much of it fails. */
export const queues = dashboard(
  {
    uid: 'vaultstream-queues',
    title: 'VaultStream / Queues',
    description: 'Tasks by queue: depth, oldest age, rate, failure rate, dead letters.',
  },
  [
    [
      'Now',
      [
        number(
          { title: 'Waiting', description: 'Tasks that could run now.', unit: units.count },
          `sum(${counted('vaultstream_queue_depth', 'queue', 'state="waiting"')})`,
        ),
        number(
          { title: 'Running', description: 'Tasks that a worker holds.', unit: units.count },
          `sum(${counted('vaultstream_queue_depth', 'queue', 'state="active"')})`,
        ),
        number(
          {
            title: 'For later',
            description: 'Tasks that wait for their time: a retry, a limit of a target, a busy host.',
            unit: units.count,
          },
          `sum(${counted('vaultstream_queue_depth', 'queue', 'state="delayed"')})`,
        ),
        number(
          { title: 'Oldest', description: 'How long the oldest task that could run has waited.', unit: units.seconds },
          'max(vaultstream_queue_oldest_seconds)',
          { warn: 300, bad: 1800 },
        ),
        number(
          {
            title: 'Dead letters',
            description: 'Tasks that failed for good and wait for a person.',
            unit: units.count,
          },
          `sum(${counted('vaultstream_dead_letters', 'queue')})`,
          { warn: 1, bad: 100 },
        ),
        number(
          {
            title: 'Different failures',
            description:
              'Kinds of failure among the dead letters. One kind many times is one fault; many kinds are many.',
            unit: units.count,
          },
          `sum(${counted('vaultstream_dead_letter_kinds', 'queue')})`,
          { warn: 5, bad: 20 },
        ),
      ],
    ],
    [
      'Backlog',
      [
        curves(
          { title: 'Depth: waiting', description: 'Tasks that could run and wait for a worker.', unit: units.count },
          [[counted('vaultstream_queue_depth', 'queue', 'state="waiting"'), '{{queue}}']],
          { width: 8 },
        ),
        curves(
          { title: 'Depth: running', description: 'Tasks that a worker holds now.', unit: units.count },
          [[counted('vaultstream_queue_depth', 'queue', 'state="active"'), '{{queue}}']],
          { width: 8 },
        ),
        curves(
          { title: 'Depth: for later', description: 'Tasks that wait for their time.', unit: units.count },
          [[counted('vaultstream_queue_depth', 'queue', 'state="delayed"'), '{{queue}}']],
          { width: 8 },
        ),
        curves(
          {
            title: 'Oldest age',
            description: 'How long the oldest task that could run has waited: the best sign of a queue that is behind.',
            unit: units.seconds,
          },
          [[counted('vaultstream_queue_oldest_seconds', 'queue'), '{{queue}}']],
        ),
        curves(
          {
            title: 'Wait before a run',
            description:
              'Time from when a task could run to when it did: half of the runs, and 95 of 100, waited less.',
            unit: units.seconds,
          },
          [
            [quantile(0.5, 'vaultstream_task_wait_seconds', 'queue'), '{{queue}} p50'],
            [quantile(0.95, 'vaultstream_task_wait_seconds', 'queue'), '{{queue}} p95'],
          ],
        ),
      ],
    ],
    [
      'Work',
      [
        curves(
          { title: 'Rate', description: 'Task runs that ended, per second.', unit: units.perSecond },
          [[runs('queue', ends), '{{queue}}']],
          { width: 8, stacked: true },
        ),
        curves(
          {
            title: 'Outcomes',
            description: 'How runs ended, per second. fenced and unsaved: their lease or the database was gone.',
            unit: units.perSecond,
          },
          [[sumBy('outcome', rate('vaultstream_tasks_total')), '{{outcome}}']],
          { width: 8, stacked: true },
        ),
        curves(
          { title: 'By task', description: 'Runs per second of the ten busiest kinds of task.', unit: units.perSecond },
          [[top(10, runs('task', ends)), '{{task}}']],
          { width: 8, stacked: true },
        ),
        curves(
          {
            title: 'Duration',
            description: 'How long runs take: 95 of 100 took less.',
            unit: units.seconds,
          },
          [[quantile(0.95, 'vaultstream_task_duration_seconds', 'task'), '{{task}}']],
        ),
        curves(
          {
            title: 'Busy workers',
            description: 'Runs at the same time, on the average: how many places of the workers are taken.',
            unit: units.count,
          },
          [[sumBy('queue', rate('vaultstream_task_duration_seconds_sum')), '{{queue}}']],
        ),
      ],
    ],
    [
      'Failures',
      [
        curves(
          {
            title: 'Failure rate',
            description: 'Part of the runs that did not do their task: retried, or dead.',
            unit: units.ratio,
          },
          [[ratio(runs('queue', 'retried|dead'), runs('queue', ends)), '{{queue}}']],
          { max: 1 },
        ),
        curves(
          {
            title: 'Retried',
            description: 'Runs per second that failed and will be tried again.',
            unit: units.perSecond,
          },
          [[runs('task', 'retried'), '{{task}}']],
        ),
        curves(
          { title: 'New dead letters', description: 'Tasks that failed for good, per second.', unit: units.perSecond },
          [[runs('task', 'dead'), '{{task}}']],
          { width: 8 },
        ),
        curves(
          { title: 'Dead letters', description: 'Those that wait for a person.', unit: units.count },
          [[counted('vaultstream_dead_letters', 'queue'), '{{queue}}']],
          { width: 8 },
        ),
        curves(
          { title: 'Different failures', description: 'Kinds of failure among the dead letters.', unit: units.count },
          [[counted('vaultstream_dead_letter_kinds', 'queue'), '{{queue}}']],
          { width: 8 },
        ),
      ],
    ],
    [
      'What carries the tasks',
      [
        number(
          {
            title: 'Lost leases',
            description:
              'Runs in the time shown whose result did not count, because another worker had taken the task over or the database was away.',
            unit: units.count,
          },
          sum(increase('vaultstream_tasks_total', 'outcome=~"fenced|unsaved"')),
          { warn: 1, bad: 50 },
          { width: 6, decimals: 0 },
        ),
        curves(
          {
            title: 'Brokers',
            description: 'Whether each process reaches its broker: 1 yes, 0 no.',
            unit: units.count,
          },
          [[`min by (broker) (${chosen('vaultstream_broker_up')})`, '{{broker}}']],
          { width: 9, max: 1 },
        ),
        curves(
          {
            title: 'Overdue schedules',
            description: 'How long periodic work has been due without having been started.',
            unit: units.seconds,
          },
          [[counted('vaultstream_schedule_overdue_seconds', 'schedule'), '{{schedule}}']],
          { width: 9 },
        ),
      ],
    ],
  ],
);
