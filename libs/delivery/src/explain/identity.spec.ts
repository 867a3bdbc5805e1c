import { describe, expect, it, jest } from '@jest/globals';
import { platformById } from '@vaultstream/platforms';
import type { ExplainRows } from '@vaultstream/store';
import { explainIdentity } from './identity.ts';

const rowsOf = (urls: readonly string[]) =>
  ({
    subject: { platform: 'web' },
    parse: { canonicalUrl: 'https://www.example.com/' },
    keys: [],
    merged: [],
    sources: urls.map((url) => ({ url, source: null, createdAt: new Date(0) })),
  }) as unknown as ExplainRows;

describe('explainIdentity', () => {
  it('M1: identifies a text that was typed a hundred times once, in this call and in the next', () => {
    const bilibili = platformById('bilibili');
    if (!bilibili) throw new Error('no platform');
    const asked = jest.spyOn(bilibili, 'canonicalize');
    const typed = 'https://www.bilibili.com/blackboard/player.html?bvid=BV17x411w7KC';
    for (const rows of [rowsOf(Array<string>(100).fill(typed)), rowsOf([typed, 'https://u:p@www.example.com/'])]) {
      const { sources } = explainIdentity(rows);
      expect(sources[0]).toMatchObject({ typed, platform: 'bilibili' });
      expect(sources[0]?.canonical_url).toBe('https://www.bilibili.com/video/BV17x411w7KC');
    }
    expect(asked).toHaveBeenCalledTimes(1);
    expect(explainIdentity(rowsOf(['nonsense'])).sources[0]).toMatchObject({ platform: null, canonical_url: null });
  });
});
