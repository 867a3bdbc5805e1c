import { dashboard } from './dashboard.ts';
import { curves, number, units } from './panels.ts';
import { quantile, rate, ratio, sum, sumBy, top, userRequests } from './promql.ts';

const requests = (...matchers: string[]) => rate('http_request_duration_seconds_count', ...userRequests(...matchers));
const latency = (q: number, labels: string, ...matchers: string[]) =>
  quantile(q, 'http_request_duration_seconds', labels, ...userRequests(...matchers));

/** Rate, errors and duration of what callers ask. */
export const api = dashboard(
  {
    uid: 'vaultstream-api',
    title: 'VaultStream / API',
    description: 'Requests by route and status: rate, errors, duration. Probes and event streams are left out.',
  },
  [
    [
      'Now',
      [
        number(
          { title: 'Requests', description: 'Requests per second.', unit: units.requestsPerSecond },
          sum(requests()),
          undefined,
          { width: 6 },
        ),
        number(
          { title: 'Failed', description: 'Part that was answered with 5xx.', unit: units.ratio },
          ratio(sum(requests('status=~"5.."')), sum(requests())),
          { warn: 0.01, bad: 0.05 },
          { width: 6 },
        ),
        number(
          {
            title: 'Refused',
            description: 'Part that was answered with 4xx: what callers did wrong.',
            unit: units.ratio,
          },
          ratio(sum(requests('status=~"4.."')), sum(requests())),
          undefined,
          { width: 6 },
        ),
        number(
          { title: 'Duration p95', description: '95 of 100 requests took less.', unit: units.seconds },
          latency(0.95, ''),
          { warn: 0.5, bad: 2 },
          { width: 6 },
        ),
      ],
    ],
    [
      'Rate and errors',
      [
        curves(
          {
            title: 'Requests by status',
            description: 'Requests per second by status code.',
            unit: units.requestsPerSecond,
          },
          [[sumBy('status', requests()), '{{status}}']],
          { width: 8, stacked: true },
        ),
        curves(
          {
            title: 'Requests by route',
            description: 'Requests per second of the twelve busiest routes.',
            unit: units.requestsPerSecond,
          },
          [[top(12, sumBy('method, route', requests())), '{{method}} {{route}}']],
          { width: 8, stacked: true },
        ),
        curves(
          {
            title: 'Requests by replica',
            description: 'What each process answers: a balancer should share it out.',
            unit: units.requestsPerSecond,
          },
          [[sumBy('job, instance', requests()), '{{job}} {{instance}}']],
          { width: 8, stacked: true },
        ),
        curves(
          {
            title: 'Failure rate',
            description: 'Part of the requests of a route that was answered with 5xx.',
            unit: units.ratio,
          },
          [
            [
              ratio(sumBy('method, route', requests('status=~"5.."')), sumBy('method, route', requests())),
              '{{method}} {{route}}',
            ],
          ],
          { max: 1 },
        ),
        curves(
          {
            title: 'Refused, limited, hung up',
            description:
              'Requests per second with 401 and 403, over the rate limit (429), and callers that hung up first (499).',
            unit: units.requestsPerSecond,
          },
          [
            [`${sum(requests('status=~"401|403"'))} or vector(0)`, 'not allowed'],
            [`${sum(requests('status="429"'))} or vector(0)`, 'rate limit'],
            [`${sum(requests('status="499"'))} or vector(0)`, 'hung up'],
          ],
        ),
      ],
    ],
    [
      'Duration',
      [
        curves({ title: 'Duration', description: 'Half, 95 and 99 of 100 requests took less.', unit: units.seconds }, [
          [latency(0.5, ''), 'p50'],
          [latency(0.95, ''), 'p95'],
          [latency(0.99, ''), 'p99'],
        ]),
        curves(
          { title: 'Slowest routes', description: 'Duration (p95) of the twelve slowest routes.', unit: units.seconds },
          [[top(12, latency(0.95, 'method, route')), '{{method}} {{route}}']],
        ),
        curves(
          { title: 'Shares', description: 'Duration of POST /shares: what users wait for.', unit: units.seconds },
          [
            [latency(0.5, '', 'method="POST"', 'route="/api/v1/shares"'), 'p50'],
            [latency(0.95, '', 'method="POST"', 'route="/api/v1/shares"'), 'p95'],
            [latency(0.99, '', 'method="POST"', 'route="/api/v1/shares"'), 'p99'],
          ],
        ),
        curves(
          {
            title: 'Requests at the same time',
            description: 'On the average: requests per second times their duration.',
            unit: units.count,
          },
          [
            [
              sumBy('job, instance', rate('http_request_duration_seconds_sum', ...userRequests())),
              '{{job}} {{instance}}',
            ],
          ],
        ),
      ],
    ],
  ],
);
