import { describe, expect, it } from '@jest/globals';
import { languageOf, textOf } from './cleaners.ts';
import { film, pictureUrl } from './media.ts';
import type { Post } from './post.ts';
import { timeOfId } from './status-address.ts';
import { tokenOf } from './syndication.ts';
import { selfThread } from './thread.ts';
import { tagsOf, titleOf } from './words.ts';

const post = (text: string | null, more: Partial<Post> = {}): Post => ({
  ...{ id: '1', text, publishedAt: null, language: null, sensitive: false, stats: {}, media: [], poll: [] },
  ...{ article: null, note: null, quote: null, replyTo: null, facts: {} },
  author: { handle: 'maraquill', name: 'Mara Quill', avatar: null },
  ...more,
});

describe('the title of a post', () => {
  it.each([
    ['Hello\nworld', 'Hello'],
    ['\n  https://a.example/x\nA lamp', 'A lamp'],
    ['@a @b_c  Tomorrow', 'Tomorrow'],
    ['👍', '👍'],
    ['https://a.example/x', 'Mara Quill (@maraquill)'],
    ['...', 'Mara Quill (@maraquill)'],
    [null, 'Mara Quill (@maraquill)'],
    ['word '.repeat(40), `${'word '.repeat(19).trim()}…`],
    ['字'.repeat(120), `${'字'.repeat(99)}…`],
  ])('%j is %j', (text, title) => expect(titleOf(post(text))).toBe(title));
});

describe('the tags of a post', () => {
  it.each([
    ['#Lamps #lamps ＃灯塔 #1 #a_b', ['Lamps', '灯塔', 'a_b']],
    ['a#b &#39; https://a.example/#c https://b.example/@d', []],
    ['cc @Mara, @mara (@b) me@host.example @a@mastodon.example', ['@Mara', '@b']],
    ['#one @two #three', ['one', 'three', '@two']],
  ])('%j are %j', (text, tags) => expect(tagsOf([post(text)])).toEqual(tags));
});

describe('the text of a post', () => {
  it.each([
    ['Look https://t.co/abc https://t.co/def', 'Look'],
    ['https://t.co/abc first', 'https://t.co/abc first'],
    ['It is https://twitter.com/a/status/7?s=20', 'It is'],
    ['It is https://x.com/a/status/8', 'It is https://x.com/a/status/8'],
    ['http://x.com/i/article/123', null],
    ['', null],
    [7, null],
  ])('%j is %j', (text, expected) => expect(textOf(text, '7')).toBe(expected));
});

it.each([
  ['en', 'en'],
  ['in', 'id'],
  ['zh-cn', 'zh-cn'],
  ['und', null],
  ['qme', null],
  ['constructor', null],
  [7, null],
])('the language %j is %j', (code, language) => expect(languageOf(code)).toBe(language));

it.each([
  ['http://pbs.twimg.com/media/A.jpg:large', 'https://pbs.twimg.com/media/A.jpg?name=orig'],
  ['//pbs.twimg.com/media/A?format=png&name=small', 'https://pbs.twimg.com/media/A?format=png&name=orig'],
  ['https://pbs.twimg.com/card_img/1/a?name=600x314', 'https://pbs.twimg.com/card_img/1/a?name=600x314'],
  ['https://twimg.com.evil.test/media/A.jpg', null],
  ['https://stream-test.fxembed.com/download.mp4', null],
])('the picture %s is %s', (url, expected) => expect(pictureUrl(url)).toBe(expected));

it('a film is its best MP4 that every player can show', () => {
  const url = (name: string) => `https://video.twimg.com/${name}`;
  const films = [{ url: url('l.m3u8') }, { url: url('hevc/x.mp4'), bitrate: 9 }, { url: url('a.mp4') }];
  expect(film([...films, { url: url('b.mp4?tag=1'), bitrate: '5' }], url('poster.mp4'))).toEqual([
    { kind: 'video', url: url('b.mp4?tag=1'), poster: null },
  ]);
  expect(film(films.slice(0, 2), null)).toEqual([]);
});

it('an id tells its time, since there are snowflakes', () => {
  // The example of vxTwitter's api.md, of Wed Oct 05 18:40:30 +0000 2022.
  expect(timeOfId('1577730467436138524')?.toISOString()).toMatch(/^2022-10-05T18:40:30/);
  expect(timeOfId('20')).toBeNull();
});

it('the token is that of the pages that embed posts', () => {
  expect(tokenOf('1760000000000000001')).toBe('49l7b6g5l9m');
  expect(tokenOf('20')).toMatch(/^[1-9a-z]+$/);
});

describe('the thread around a post', () => {
  const by = (id: string, handle: string | null) => post(id, { id, author: { handle, name: null, avatar: null } });
  const ids = (posts: readonly Post[]) => posts.map(({ id }) => id);

  it.each([
    [[by('1', 'a'), by('2', 'A'), by('3', 'a')], '2', ['1', '2', '3']],
    [[by('1', 'a'), by('2', 'b'), by('3', 'a'), by('4', 'a'), by('5', 'b'), by('6', 'a')], '3', ['3', '4']],
    [[by('1', 'a'), null, by('2', 'a')], '2', ['1', '2']],
    [[by('1', 'a'), by('1', 'a'), by('2', 'a')], '1', ['1', '2']],
    [[by('1', 'b'), by('2', 'a')], '2', []],
    [[by('1', 'a')], '2', []],
    [[by('1', null), by('2', null)], '2', []],
  ])('%#', (conversation, id, expected) => {
    const focal = conversation.find((each) => each?.id === id) ?? by(id, 'a');
    expect(ids(selfThread(conversation, focal))).toEqual(expected);
  });
});
