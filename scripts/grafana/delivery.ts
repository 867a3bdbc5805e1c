import { dashboard } from './dashboard.ts';
import { curves, number, units } from './panels.ts';
import { counted, quantile, rate, ratio, sum, sumBy, top } from './promql.ts';

const pushes = (...matchers: string[]) => rate('vaultstream_pushes_total', ...matchers);
const calls = 'outcome=~"sent|failed|unconfirmed"';

/** What goes to which target, what waits, what fails. */
export const delivery = dashboard(
  {
    uid: 'vaultstream-delivery',
    title: 'VaultStream / Delivery by target',
    description: 'Pushes, what waits by target, targets that fail, pushes whose end is not known.',
  },
  [
    [
      'Now',
      [
        number({ title: 'Pushes', description: 'Calls of targets per second.', unit: units.perSecond }, sum(pushes())),
        number(
          {
            title: 'Failed',
            description: 'Part of the calls that failed or whose end is not known.',
            unit: units.ratio,
          },
          ratio(sum(pushes('outcome=~"failed|unconfirmed"')), sum(pushes(calls))),
          { warn: 0.05, bad: 0.3 },
        ),
        number(
          { title: 'Waiting', description: 'Deliveries that wait, over all targets.', unit: units.count },
          `sum(${counted('vaultstream_push_backlog', 'target')}) or vector(0)`,
        ),
        number(
          {
            title: 'Oldest',
            description: 'How long the oldest delivery has waited. Those that wait for an approval count.',
            unit: units.seconds,
          },
          'max(vaultstream_push_oldest_seconds) or vector(0)',
          { warn: 3600, bad: 21_600 },
        ),
        number(
          {
            title: 'Unconfirmed',
            description:
              'Deliveries of which nobody knows whether they arrived: a person says so with POST /deliveries/{id}/resolve.',
            unit: units.count,
          },
          'max(vaultstream_open_deliveries{state="unconfirmed"})',
          { warn: 1, bad: 10 },
        ),
        number(
          { title: 'Failing targets', description: 'Targets whose last call failed.', unit: units.count },
          'sum(max by (kind) (vaultstream_targets{state="failing"})) or vector(0)',
          { warn: 1, bad: 5 },
        ),
      ],
    ],
    [
      'Pushes',
      [
        curves(
          { title: 'Pushes by kind', description: 'Calls per second by kind of target.', unit: units.perSecond },
          [[sumBy('kind', pushes()), '{{kind}}']],
          { width: 8, stacked: true },
        ),
        curves(
          { title: 'Pushes by outcome', description: 'Calls per second by how they ended.', unit: units.perSecond },
          [[sumBy('outcome', pushes()), '{{outcome}}']],
          { width: 8, stacked: true },
        ),
        curves(
          {
            title: 'Failure rate',
            description: 'Part of the calls that failed or whose end is not known, by kind.',
            unit: units.ratio,
          },
          [[ratio(sumBy('kind', pushes('outcome=~"failed|unconfirmed"')), sumBy('kind', pushes(calls))), '{{kind}}']],
          { width: 8, max: 1 },
        ),
        curves(
          {
            title: 'Told to wait',
            description: 'Calls per second that a service answered with "too many".',
            unit: units.perSecond,
          },
          [[sumBy('kind', pushes('outcome="rate_limited"')), '{{kind}}']],
        ),
        curves(
          { title: 'Duration', description: 'Planning and sending: 95 of 100 runs took less.', unit: units.seconds },
          [[quantile(0.95, 'vaultstream_task_duration_seconds', 'task', 'task=~"delivery.+"'), '{{task}}']],
        ),
      ],
    ],
    [
      'Targets',
      [
        curves(
          { title: 'Waiting by target', description: 'The ten targets with the longest queues.', unit: units.count },
          [[top(10, counted('vaultstream_push_backlog', 'target')), '{{target}}']],
        ),
        curves(
          { title: 'Oldest by target', description: 'The ten targets that are furthest behind.', unit: units.seconds },
          [[top(10, counted('vaultstream_push_oldest_seconds', 'target')), '{{target}}']],
        ),
        curves(
          {
            title: 'Sent in 24 hours by target',
            description: 'Deliveries of the last 24 hours that arrived, the ten busiest targets.',
            unit: units.count,
          },
          [[top(10, counted('vaultstream_target_deliveries_last_day', 'target', 'state="sent"')), '{{target}}']],
        ),
        curves(
          {
            title: 'Not sent in 24 hours by target',
            description: 'Deliveries of the last 24 hours in another state than sent, the ten targets with most.',
            unit: units.count,
          },
          [
            [
              top(
                10,
                `sum by (target, state) (${counted('vaultstream_target_deliveries_last_day', 'target, state', 'state!="sent"')})`,
              ),
              '{{target}} {{state}}',
            ],
          ],
        ),
        curves(
          { title: 'Open deliveries', description: 'Deliveries without their end, by state.', unit: units.count },
          [[counted('vaultstream_open_deliveries', 'state'), '{{state}}']],
          { stacked: true },
        ),
        curves(
          { title: 'Targets', description: 'Targets by kind and state.', unit: units.count },
          [[counted('vaultstream_targets', 'kind, state'), '{{kind}} {{state}}']],
          { stacked: true },
        ),
      ],
    ],
  ],
);
