import { describe, expect, it } from '@jest/globals';
import type { ContentView } from '@vaultstream/contracts';
import type { PlanContext, TargetAddress, TargetKind } from '../src/index.ts';
import { contentView, hugeContentView } from './contents.ts';

/** What a suite needs to know of a kind. */
export interface TargetExample {
  /** An address as a person gives it. */
  address: TargetAddress;
  /** The same place, spelt otherwise. */
  alias: TargetAddress;
  /** Another place. */
  other: TargetAddress;
  /** Addresses that must be refused. */
  bad: TargetAddress[];
}

const context: PlanContext = {
  deliveryId: '0199f0a0-0000-7000-8000-00000000000d',
  targetKey: 'KEY',
  settings: {},
  pictures: [],
  now: new Date('2026-02-03T04:05:06.000Z'),
};

const contents: [string, ContentView][] = [
  ['small', contentView()],
  [
    'empty',
    contentView({ title: null, description: null, body_text: null, author: null, cover: null, media: [], tags: [] }),
  ],
  ['huge', hugeContentView()],
  ['huge with short addresses', hugeContentView(60)],
  [
    'hostile',
    contentView({ title: '<b>&*_[x](y) @everyone \u202e\u0000 \ud800 🦊', body_text: '<pre>`'.repeat(5_000) }),
  ],
];

/** What every kind of target must do. For specs only. */
export function describeTargetKind(kind: TargetKind, example: TargetExample): void {
  const full = (address: TargetAddress) => kind.complete(kind.addressSchema.parse(address)).address;

  describe(`${kind.kind} is a TargetKind`, () => {
    it('normalises an address once and for all, through JSON too', () => {
      const address = full(example.address);
      expect(kind.addressSchema.parse(JSON.parse(JSON.stringify(address)))).toEqual(address);
      expect(kind.complete(address)).toEqual({ address, made: null });
    });

    it('has one key for every spelling of a place, and another for another place', () => {
      expect(kind.key(full(example.alias))).toBe(kind.key(full(example.address)));
      expect(kind.key(full(example.other))).not.toBe(kind.key(full(example.address)));
      expect(kind.key(full(example.address))).toMatch(/^[A-Z]+_\S{1,200}$/);
    });

    it('knows its own keys again, and no others', () => {
      const key = kind.key(full(example.address));
      expect(key.startsWith(kind.keyPrefix)).toBe(true);
      expect(kind.readKey(key)).toBe(key);
      for (const bad of ['', ' ', '?', 'a b', `${'9'.repeat(300)}`])
        expect(kind.readKey(kind.keyPrefix + bad)).toBeNull();
    });

    it('says which host its calls go to', () => {
      expect(kind.host(full(example.address))).toMatch(/^[a-z0-9.-]+(?::\d+)?$/);
      expect(kind.host(full(example.alias))).toBe(kind.host(full(example.address)));
    });

    it('refuses addresses that it cannot use, whatever they are made of', () => {
      for (const bad of [...example.bad, {}, { ...example.address, surplus: 1 }])
        expect(kind.addressSchema.safeParse(bad).success).toBe(false);
    });

    it('shows an address without its secrets, and does not take the shown one back', () => {
      const address = full(example.address);
      const shown = JSON.stringify(kind.maskAddress(address));
      for (const field of kind.secretFields)
        for (const secret of [address[field]].flat()) expect(shown).not.toContain(String(secret));
      if (kind.secretFields.length > 0) expect(kind.addressSchema.safeParse(JSON.parse(shown)).success).toBe(false);
    });

    it.each(contents)(
      'plans a %s content: at least one message, each within the limits, always the same bytes',
      (_, content) => {
        const parts = kind.plan(content, context);
        expect(parts.length).toBeGreaterThan(0);
        expect(kind.plan(content, context)).toEqual(parts);
        expect(JSON.parse(JSON.stringify(parts))).toEqual(parts);
        for (const part of parts) {
          expect(Buffer.byteLength(bodyText(part.body))).toBeLessThanOrEqual(kind.limits.bodyBytes);
          expect(part.files.length).toBeLessThanOrEqual(kind.limits.media);
          expect(part.cost).toBeGreaterThanOrEqual(1);
        }
      },
    );

    it('tells nobody what is private: notes, sources and raw metadata', () => {
      const told = JSON.stringify(kind.plan(contentView(), context));
      for (const secret of ['a private note', 'whispered', 'client_context', 'internal'])
        expect(told).not.toContain(secret);
    });

    it('has rates that can be kept', () => {
      for (const rate of kind.rateLimits({ key: 'KEY', botConfigId: null })) {
        expect(rate.burst).toBeGreaterThanOrEqual(1);
        expect(rate.burst).toBeLessThanOrEqual(rate.count);
        expect(rate.windowMs).toBeGreaterThan(0);
      }
    });
  });
}

/** A body that is one text is measured as that text. */
function bodyText(body: unknown): string {
  const values = typeof body === 'object' && body !== null ? Object.values(body) : [];
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(body);
}
