import { dashboard } from './dashboard.ts';
import { curves, number, units } from './panels.ts';
import { counted, quantile, rate, ratio, sum, sumBy, top } from './promql.ts';

const parses = (...matchers: string[]) => rate('vaultstream_parse_total', ...matchers);
const failed = 'outcome="error"';

/** How each platform fares: what is shared from it, what can be read, what fails and why. */
export const capture = dashboard(
  {
    uid: 'vaultstream-capture',
    title: 'VaultStream / Capture by platform',
    description: 'Shares and pages by platform, circuits, feeds.',
  },
  [
    [
      'Now',
      [
        number(
          { title: 'Reads', description: 'Pages read per second, tries included.', unit: units.perSecond },
          sum(parses()),
          undefined,
          { width: 6 },
        ),
        number(
          { title: 'Failed', description: 'Part of the reads that failed.', unit: units.ratio },
          ratio(sum(parses(failed)), sum(parses())),
          { warn: 0.2, bad: 0.5 },
          { width: 6 },
        ),
        number(
          { title: 'Platforms paused', description: 'Platforms whose circuit is open.', unit: units.count },
          `count(${counted('vaultstream_platform_circuit', 'platform')} == 1) or vector(0)`,
          { warn: 1, bad: 3 },
          { width: 6 },
        ),
        number(
          { title: 'Failing feeds', description: 'Feeds whose last poll failed.', unit: units.count },
          'max(vaultstream_feeds{state="failing"})',
          { warn: 1, bad: 20 },
          { width: 6 },
        ),
      ],
    ],
    [
      'Platforms',
      [
        curves(
          { title: 'Shared', description: 'New contents per second.', unit: units.perSecond },
          [[sumBy('platform', rate('vaultstream_contents_created_total')), '{{platform}}']],
          { width: 8, stacked: true },
        ),
        curves(
          { title: 'Read', description: 'Reads per second, tries included.', unit: units.perSecond },
          [[sumBy('platform', parses()), '{{platform}}']],
          { width: 8, stacked: true },
        ),
        curves(
          { title: 'Failure rate', description: 'Part of the reads that failed.', unit: units.ratio },
          [[ratio(sumBy('platform', parses(failed)), sumBy('platform', parses())), '{{platform}}']],
          { width: 8, max: 1 },
        ),
        curves(
          {
            title: 'Why reads fail',
            description: 'Failed reads per second by kind of error, the ten most frequent.',
            unit: units.perSecond,
          },
          [[top(10, sumBy('platform, error_type', parses(failed))), '{{platform}} {{error_type}}']],
        ),
        curves(
          {
            title: 'Duration of a read',
            description: '95 of 100 reads took less, failed ones included.',
            unit: units.seconds,
          },
          [[quantile(0.95, 'vaultstream_parse_duration_seconds', 'platform'), '{{platform}}']],
        ),
        curves(
          {
            title: 'Circuits',
            description:
              '0: closed, all is well. 1: open, nobody asks the platform for a while. 0.5: one page is being tried.',
            unit: units.count,
          },
          [[counted('vaultstream_platform_circuit', 'platform'), '{{platform}}']],
          { max: 1 },
        ),
        curves(
          {
            title: 'Platforms that work',
            description:
              '1: pages can be read as they should be. 0: cookies refused, most reads fail, or it is away. Absent: nobody has asked it lately.',
            unit: units.count,
          },
          [[counted('vaultstream_platform_up', 'platform'), '{{platform}}']],
          { max: 1 },
        ),
      ],
    ],
    [
      'Contents',
      [
        curves(
          { title: 'Contents', description: 'All contents by platform.', unit: units.count },
          [[`sum by (platform) (${counted('vaultstream_contents', 'platform, status')})`, '{{platform}}']],
          { width: 8, stacked: true },
        ),
        curves(
          {
            title: 'Failed contents',
            description: 'Contents that could not be read; they can be tried again.',
            unit: units.count,
          },
          [[`${counted('vaultstream_contents', 'platform', 'status="FAILED"')} or vector(0)`, '{{platform}}']],
          { width: 8 },
        ),
        curves(
          { title: 'New in 24 hours', description: 'Contents made in the last 24 hours.', unit: units.count },
          [[counted('vaultstream_contents_last_day', 'platform'), '{{platform}}']],
          { width: 8, stacked: true },
        ),
      ],
    ],
    [
      'Feeds',
      [
        curves(
          { title: 'Feeds', description: 'Subscriptions by state.', unit: units.count },
          [[counted('vaultstream_feeds', 'state'), '{{state}}']],
          { stacked: true },
        ),
        curves(
          { title: 'Polls', description: 'Polls per second by what they found.', unit: units.perSecond },
          [[sumBy('outcome', rate('vaultstream_feed_polls_total')), '{{outcome}}']],
          { stacked: true },
        ),
      ],
    ],
  ],
);
