import { describe, expect, it } from '@jest/globals';
import { textOf, titleOf, topicsOf } from './words.ts';

describe('the text of a status', () => {
  it.each([
    [{ text_raw: '灯塔 \u200B\u200B', text: '<b>x</b>' }, '灯塔'],
    [{ text_raw: 'a &amp; b' }, 'a & b'],
    [{ text_raw: '', text: 'a<br />b<br><br>c' }, 'a\nb\n\nc'],
    [{ longTextContent: '全部 <a href="/n/x">@x</a>', text_raw: '一部...' }, '全部 @x'],
    [
      { text: '看<a href="https://weibo.cn/sinaurl?u=https%3A%2F%2Fa.example%2F">网页链接</a>' },
      '看https://a.example/',
    ],
    [
      { text: '<a href="//weibo.cn/sinaurl?u=https%3A%2F%2Fa.example%2F">灯塔日志</a>' },
      '灯塔日志 (https://a.example/)',
    ],
    [{ text: '<a href="https://weibo.cn/sinaurl?u=javascript%3A1">网页链接</a>' }, '网页链接'],
    [{ text: 'a<img alt="[doge]"><img src="x">b <a href="/status/1">全文</a>' }, 'a[doge]b'],
    [{ text_raw: 7, text: null }, null],
  ])('of %j is %j', (data, text) => expect(textOf(data)).toBe(text));

  it('has the addresses that its short links stand for', () => {
    const url_struct = [
      { short_url: 'http://t.cn/A6ab', long_url: 'https://a.example/' },
      { short_url: 'http://t.cn/A6abcd', long_url: 'https://b.example/' },
      { short_url: 'http://t.cn/A6no', long_url: 'javascript:1' },
      null,
    ];
    const text_raw = 'http://t.cn/A6abcd，http://t.cn/A6ab http://t.cn/A6no http://t.cn/A6else';
    expect(textOf({ text_raw, url_struct })).toBe(
      'https://b.example/，https://a.example/ http://t.cn/A6no http://t.cn/A6else',
    );
  });
});

describe('the title of a status', () => {
  it.each([
    ['【灯塔重新亮了】今晚八点', '灯塔重新亮了'],
    ['今晚【八点】', '今晚【八点】'],
    ['一行\n两行', '一行'],
    ['http://t.cn/A6ab 灯塔', '灯塔'],
    ['转发微博', null],
    ['Repost。', null],
    ['https://a.example/', null],
    ['', null],
    [null, null],
  ])('%j is %j', (text, title) => expect(titleOf(text)).toBe(title));
});

it('topics are those that are listed and those that are written', () => {
  const data = { topic_struct: [{ topic_title: '灯塔日' }, null, 'x'] };
  expect(topicsOf(data, '#渔港# a #灯塔[超话]# C# 和 F# 第1#').filter((name) => name !== undefined)).toEqual([
    '灯塔日',
    '渔港',
    '灯塔',
  ]);
});
