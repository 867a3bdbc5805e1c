import { describe, expect, it } from '@jest/globals';
import { complianceChecks } from '../compliance.ts';
import type { PlatformCases } from '../compliance-cases.ts';
import { RecordedHttp, UniformHttp } from '../fake-http.ts';
import { fixtureChecks, readFixture } from '../fixtures.ts';
import type { PlatformHttp } from '../platform.ts';
import { telegram } from './telegram.platform.ts';

const folder = new URL('./fixtures/', import.meta.url);
const given = (name: string) => readFixture(folder, name);
const extract = () => Promise.reject(new Error('Telegram’s pages are read as they stream in'));

function parse(http: PlatformHttp, share: string = telegram.example) {
  const canonical = telegram.canonicalize(new URL(share));
  if (!canonical) throw new Error(`not of Telegram: ${share}`);
  const log = { debug: () => undefined, warn: () => undefined };
  const signal = new AbortController().signal;
  return telegram.parse(
    { canonical, sourceUrl: share },
    { http, settings: {}, signal, log, extract, readFeed: extract },
  );
}

describe('telegram reads', () => {
  for (const { name, run } of fixtureChecks(telegram, folder)) it(name, run);

  it('keeps what is around a post', async () => {
    const rawOf = async (name: string) =>
      (await parse(new RecordedHttp(given(name).answers), given(name).share)).raw_metadata;
    expect(await rawOf('normal')).toMatchObject({ edited: true, album: [] });
    expect(await rawOf('album')).toMatchObject({ edited: false, album: ['103', '104', '105'], duration: '0:12' });
    expect(await rawOf('reply')).toMatchObject({ replies_to: 'https://t.me/Harbour_Lamps/101' });
    expect(await rawOf('forwarded')).toMatchObject({
      forwarded_from: { name: 'Quay Office', url: 'https://t.me/quay_office/7' },
      signed_by: 'Alan',
    });
    expect(await rawOf('link-preview')).toMatchObject({ link_preview: { site: 'News', title: 'Forty lamps' } });
    expect(await rawOf('video-too-large')).toMatchObject({ apps_only_media: true });
  });

  it('S19: a page of nothing but elements is read in bounds', async () => {
    const parts = ['reaction', 'poll_option', 'photo_wrap', 'video_player', 'meta', 'document_title'];
    const many = parts.map(
      (part) => `<div class="tgme_widget_message_${part} tgme_reaction" style="background-image:url('//a.example/`,
    );
    const flood = Array.from(
      { length: 3_000 },
      (_, index) => `${many[index % many.length] ?? ''}${index}.jpg')">9K</div>`,
    );
    const page = `<div class="tgme_widget_message" data-post="harbour_lamps/101"><div class="tgme_widget_message_poll_question">?</div>${flood.join('')}`;
    const content = await parse(new UniformHttp({ body: page }));
    expect(content.media.length).toBeLessThanOrEqual(100);
    expect(content.body_text?.length).toBeLessThan(10_000);
  });
});

describe('telegram keeps the promises of a platform', () => {
  const cases: PlatformCases = {
    normal: given('normal'),
    pictures: given('album'),
    video: given('video'),
    noMedia: given('no-media'),
    deleted: given('deleted'),
    loginNeeded: given('login-needed'),
    riskControl: given('rate-limit'),
    serverError: given('server-error'),
    timeout: given('timeout'),
    malformed: given('malformed'),
    shortLink: given('album-part'),
  };
  const urls = [
    'https://telegram.me/s/Harbour_Lamps/5?single',
    'https://durov.t.me/1',
    'https://t.me/c/12/34',
    'https://t.me/joinchat/AAAAAAAA',
  ];
  const recordings = given('normal').answers;
  for (const { name, run } of complianceChecks({ platform: telegram, recordings, urls, extract, cases })) it(name, run);
});
