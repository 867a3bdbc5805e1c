import { beforeEach, describe, expect, it } from '@jest/globals';
import { NotFound } from '@vaultstream/contracts';
import { platforms } from '@vaultstream/platforms';
import { createLogger, Metrics } from '@vaultstream/runtime';
import { countParse, zeroCreated, zeroParses, zeroPolls } from './capture-counters.ts';

let metrics: Metrics;
beforeEach(() => {
  metrics = new Metrics(createLogger('test', { level: 'fatal', format: 'json' }));
  zeroParses(metrics);
});

const lines = async (name: string) =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith(`${name}{`));

describe('counters of parses', () => {
  it('exist before the first parse, for every platform, outcome and kind of error', async () => {
    zeroCreated(metrics);
    zeroPolls(metrics);
    const text = await metrics.render();
    for (const { id } of platforms) {
      expect(text).toContain(`vaultstream_parse_total{platform="${id}",outcome="recorded",error_type=""} 0`);
      expect(text).toContain(`vaultstream_parse_total{platform="${id}",outcome="error",error_type="NotFound"} 0`);
      expect(text).toContain(`vaultstream_contents_created_total{platform="${id}"} 0`);
      expect(text).toContain(`vaultstream_parse_duration_seconds_count{platform="${id}"} 0`);
    }
    expect(text).toContain('vaultstream_feed_polls_total{outcome="gone"} 0');
  });

  it('never grow by what a stranger or a bug calls its error', async () => {
    const before = (await lines('vaultstream_parse_total')).length;
    class Odd extends Error {
      override readonly name = 'Odd-4711';
    }
    for (const error of [new Odd('x'), new TypeError('y'), 'z'])
      countParse(metrics, 'web', { outcome: 'error', error }, 10);
    countParse(metrics, 'web', { outcome: 'error', error: new NotFound('gone') }, 10);
    countParse(metrics, 'web', { outcome: 'merged' }, 10);
    const after = await lines('vaultstream_parse_total');
    expect(after).toHaveLength(before);
    expect(after).toContain('vaultstream_parse_total{platform="web",outcome="error",error_type="other"} 3');
    expect(after).toContain('vaultstream_parse_total{platform="web",outcome="error",error_type="NotFound"} 1');
    expect(after).toContain('vaultstream_parse_total{platform="web",outcome="merged",error_type=""} 1');
    expect(await metrics.render()).toContain('vaultstream_parse_duration_seconds_count{platform="web"} 5');
  });
});
