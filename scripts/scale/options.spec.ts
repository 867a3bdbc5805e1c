import { describe, expect, it } from '@jest/globals';
import { readScaleOptions } from './options.ts';

describe('the options of npm run scale', () => {
  it('are a small cluster by default', () => {
    expect(readScaleOptions([], 8_000)).toEqual({
      counts: { api: 2, 'parse-worker': 2, 'media-worker': 2, 'push-dispatcher': 2, scheduler: 1 },
      port: 8_000,
      once: false,
    });
  });

  it('count each kind; port 0 is any', () => {
    const { counts, port } = readScaleOptions(['--parse', '4', '--push', '0', '--port', '0'], 8_000);
    expect(counts).toMatchObject({ 'parse-worker': 4, 'push-dispatcher': 0 });
    expect(port).toBeUndefined();
  });

  it.each([['--api', 'two'], ['--api', '99'], ['--port', '70000'], ['--worker', '1'], ['extra']])(
    'refuse %s %s with the usage',
    (...args) => {
      expect(() => readScaleOptions(args, 8_000)).toThrow(/npm run scale -- /);
    },
  );
});
