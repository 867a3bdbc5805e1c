import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, prometheusIsHere } from '@vaultstream/testing';
import { queriesOf } from '../grafana/dashboard-rules.ts';
import { dashboards } from '../grafana/dashboards.ts';
import { LiveWorld } from './live-world.ts';
import { readRules, watchedBy } from './rule-files.ts';
import { promqlIn, readRunbookIndex, readRunbooks, shellIn } from './runbooks.ts';

/** An expression that must have an answer, and where it stands. */
interface Question {
  where: string;
  expression: string;
}

/** As Grafana does it, for a person who has chosen all jobs and instances and looks at a quarter of an hour. */
const substituted = (expression: string): string =>
  expression
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '15m')
    .replaceAll('$job', '.+')
    .replaceAll('$instance', '.+');

const { recording, alerting } = readRules();
const questions: Question[] = [
  ...dashboards.flatMap(queriesOf).map(({ dashboard, panel, expression }) => ({
    where: `${dashboard}: ${panel}`,
    expression: substituted(expression),
  })),
  ...recording.flatMap(({ record, expr }) => [
    { where: record, expression: expr },
    { where: `${record} as recorded`, expression: record },
  ]),
  ...alerting.flatMap(({ alert, expr }) => watchedBy(expr).map((expression) => ({ where: alert, expression }))),
];

(prometheusIsHere() ? describe : describe.skip)('a real Prometheus that reads a real cluster', () => {
  let live: LiveWorld;
  beforeAll(async () => {
    live = await LiveWorld.start();
    await live.prepare();
    live.keepBusy();
  }, 240_000);
  afterAll(() => live?.stop(), 120_000);

  /** What is wrong with the answer to an expression; null when nothing is. */
  async function faultOf({ where, expression }: Question): Promise<string | null> {
    const samples = await live.prometheus.query(expression);
    if (samples.length === 0) return `${where} has no series: ${expression}`;
    if (samples.some(({ value }) => Number.isNaN(value))) return `${where} has NaN: ${expression}`;
    return null;
  }

  it('reaches all processes', async () => {
    await eventually(
      async () => {
        const targets = await live.prometheus.targets();
        expect(targets.filter(({ health }) => health !== 'up')).toEqual([]);
        expect(targets).toHaveLength(7);
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
  }, 90_000);

  it(`has series, and no NaN, for all ${questions.length} expressions of panels, rules and alerts`, async () => {
    let left = questions;
    await eventually(
      async () => {
        const faults = await Promise.all(left.map(async (question) => ({ question, fault: await faultOf(question) })));
        left = faults.flatMap(({ question, fault }) => (fault === null ? [] : [question]));
        expect(faults.flatMap(({ fault }) => fault ?? [])).toEqual([]);
      },
      { timeoutMs: 180_000, intervalMs: 2_000 },
    );
    // Once more, all at one time: what was there must not go again.
    expect((await Promise.all(questions.map(faultOf))).filter((fault) => fault !== null)).toEqual([]);
  }, 240_000);

  it('can evaluate all rules, and a healthy cluster fires the watchdog alone', async () => {
    const rules = await live.prometheus.rules();
    expect(rules).toHaveLength(recording.length + alerting.length);
    expect(rules.filter(({ health, lastError }) => health !== 'ok' || lastError)).toEqual([]);
    const firing = rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
    expect(firing).toEqual(['VaultStreamWatchdog']);
  });

  it('answers every expression of the runbooks', async () => {
    const pages = [...readRunbooks(), { name: 'README', text: readRunbookIndex() }];
    const expressions = pages.flatMap(({ name, text }) => promqlIn(text).map((expression) => ({ name, expression })));
    expect(expressions.length).toBeGreaterThan(50);
    for (const { name, expression } of expressions)
      await expect(live.prometheus.query(expression).then(() => name)).resolves.toBe(name);
  }, 60_000);

  it('and the API answer the commands of the runbooks, as they stand', () => {
    const [setup = '', first = ''] = shellIn(readRunbookIndex());
    // What changes something is left out; logs are where the installation has them.
    const reads = readRunbooks().flatMap(({ text }) => shellIn(text).flatMap((block) => block.trim().split('\n')));
    const commands = [...new Set(reads.filter((line) => /^(api GET|curl) /.test(line)))];
    expect(commands.length).toBeGreaterThan(8);
    const script = [setup, first, ...commands, `prom 'up'`].map((part) => `set -e\n${part}`).join('\n');
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        API: live.world.cluster.url,
        PROMETHEUS: live.prometheus.url,
        TOKEN: live.world.cluster.token,
      },
      timeout: 60_000,
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('"status":"success"');
  }, 60_000);

  it('notices a process that was killed', async () => {
    const [worker] = live.world.cluster.of('media-worker');
    await worker?.kill();
    const pending = async (): Promise<string[]> =>
      (await live.prometheus.query('ALERTS{alertname="VaultStreamInstanceDown"}')).map(
        ({ labels }) => labels['job'] ?? '',
      );
    await eventually(async () => expect(await pending()).toEqual(['vaultstream-media-worker']), { timeoutMs: 30_000 });
    await worker?.start();
    await eventually(async () => expect(await pending()).toEqual([]), { timeoutMs: 60_000 });
  }, 120_000);
});
