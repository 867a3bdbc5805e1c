import { describe, expect, it } from '@jest/globals';
import type { ContentView, TargetSettings } from '@vaultstream/contracts';
import fc from 'fast-check';
import { contentView, hugeContentView, mediaView } from '../../test/contents.ts';
import { generatedContents, textOf } from '../../test/generated-contents.ts';
import { readTelegramHtml } from '../../test/telegram-html.ts';
import { cutGraphemes, escapeHtml } from './clean.ts';
import { maxCaption, maxText, messageSchema, planMessage, wantedPictures } from './plan.ts';

const picturesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    mediaId: `m${index}`,
    key: `blobs/sha256/aa/bb/${index}.jpg`,
    mime: 'image/jpeg',
  }));

function plan(content: ContentView, count = 1, settings: TargetSettings = {}) {
  const context = { deliveryId: 'd', targetKey: 'k', settings, pictures: picturesOf(count), now: new Date(0) };
  const part = planMessage(content, context);
  return { part, message: messageSchema.parse(part.body) };
}

/** What Telegram would refuse, were it there. */
function expectAcceptable(content: ContentView): void {
  const { message } = plan(content);
  for (const [text, max] of [
    [message.text, maxText],
    [message.caption, maxCaption],
  ] as const) {
    if (!text) throw new Error('no caption');
    const { shown, links } = readTelegramHtml(text.html);
    for (const form of [shown, text.plain]) {
      expect(form.length).toBeLessThanOrEqual(max);
      expect(form.trim()).not.toBe('');
      expect(form.isWellFormed()).toBe(true);
      // eslint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(form).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
    if (content.canonical_url.length <= 2_048) expect(links).toEqual([content.canonical_url]);
  }
}

describe('a Telegram message', () => {
  it('P18: of 1,000 generated contents each is within the limits and valid markup, and keeps its link', () => {
    fc.assert(
      fc.property(generatedContents, (parts) => expectAcceptable(contentView(parts))),
      { numRuns: 1_000 },
    );
  });

  it.each([60, 8_000])('holds the fullest content that the schema allows (addresses of %i characters)', (length) => {
    expectAcceptable(hugeContentView(length));
  });

  it('is cut before it is escaped, so that the limit is used up whatever the characters', () => {
    const { message } = plan(
      contentView({ title: null, author: null, tags: [], description: null, body_text: '&'.repeat(9_000) }),
    );
    expect(message.text.plain).toHaveLength(maxText);
    expect(readTelegramHtml(message.text.html).shown).toContain('&&…\n\nExample');
  });

  it('shows title, author, text, hashtags and link, and nothing else', () => {
    const { message } = plan(
      contentView({ title: 'R&D <now>', tags: ['two words', 'c++', '2024', 'two words', 'émoji 🦊'] }),
    );
    expect(message.caption).toEqual({
      html: '<b>R&amp;D &lt;now&gt;</b>\n<i>Ann</i>\n\nA description\n\n#two_words #c #émoji\n\n<a href="https://example.org/a">Example</a>',
      plain: 'R&D <now>\nAnn\n\nA description\n\n#two_words #c #émoji\n\nhttps://example.org/a',
    });
  });

  it('takes the text of the page where there is room for it', () => {
    expect(plan(contentView()).message.text.plain).toContain('A text');
    expect(plan(contentView({ body_text: null })).message.text.plain).toContain('A description');
  });

  it('hides the pictures of what is not safe for work, and comes silently when asked to', () => {
    const settings = { disable_notification: true };
    expect(plan(contentView({ is_nsfw: true }), 1, settings).message).toMatchObject({ spoiler: true, silent: true });
    expect(plan(contentView()).message).toMatchObject({ spoiler: false, silent: false });
  });
});

describe('the pictures of a Telegram message', () => {
  const many = contentView({
    cover: mediaView(3),
    media: Array.from({ length: 15 }, (_, index) => ({ ...mediaView(index), sha256: String(index).repeat(8) })),
  });

  it('are the cover first, each once, only stored ones, and no avatar', () => {
    const content = contentView({
      cover: mediaView(2),
      media: [
        { ...mediaView(0), status: 'failed', sha256: null },
        { ...mediaView(1), role: 'avatar', sha256: 'b' },
        mediaView(2),
        { ...mediaView(4), kind: 'video', sha256: 'c' },
        { ...mediaView(5), sha256: 'd' },
      ],
    });
    const ids = [mediaView(2).id, mediaView(5).id];
    expect(wantedPictures(content, { album: true })).toEqual({ preset: 'photo.v1', mediaIds: ids });
    expect(wantedPictures(content, {}).mediaIds).toEqual(ids.slice(0, 1));
  });

  it('are ten at most in an album, which counts for each of them', () => {
    expect(wantedPictures(many, { album: true }).mediaIds).toHaveLength(10);
    const { part } = plan(many, 10, { album: true });
    expect(part).toMatchObject({ cost: 10 });
    expect(part.files).toHaveLength(10);
    expect(plan(many, 10).part).toMatchObject({ cost: 1, files: [{ field: 'photo0' }] });
  });

  it('may be none: the message is a text', () => {
    expect(plan(many, 0, { album: true })).toMatchObject({ part: { cost: 1, files: [] }, message: { caption: null } });
  });
});

describe('cutGraphemes', () => {
  it('never cuts what a person sees as one', () => {
    const family = '👨‍👩‍👧‍👦';
    expect(cutGraphemes(family.repeat(3), family.length * 2)).toBe(`${family}…`);
    expect(cutGraphemes('e\u0301'.repeat(3), 4)).toBe('e\u0301…');
    expect(cutGraphemes('🇩🇪🇫🇷', 6)).toBe('🇩🇪…');
  });

  it('cuts one endless cluster at a code point', () => {
    const zalgo = `a${'\u0301'.repeat(5_000)}`;
    expect(cutGraphemes(zalgo, 100)).toHaveLength(100);
    expect(cutGraphemes('🦊', 1)).toBe('…');
  });

  it('keeps within its limit, and keeps a beginning, whatever the text', () => {
    fc.assert(
      fc.property(textOf(10), fc.integer({ min: 0, max: 300 }), (raw, max) => {
        const text = raw.toWellFormed();
        const cut = cutGraphemes(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
      }),
    );
  });
});

describe('escapeHtml', () => {
  it('is undone by reading', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(readTelegramHtml(escapeHtml(text)).shown).toBe(text)));
  });
});
