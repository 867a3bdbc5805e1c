/** Texts that make a careless parser slow: each of about `size` characters. */
export type Shape = (size: number) => string;

const times =
  (piece: string, begin = '', end = ''): Shape =>
  (size) =>
    begin + piece.repeat(Math.max(1, Math.floor((size - begin.length - end.length) / piece.length))) + end;

/** One after the other: half of `a`, then half of `b`. */
const both =
  (a: string, b: string): Shape =>
  (size) =>
    times(a)(size / 2) + times(b)(size / 2);

/** Pages, feeds, JSON and plain texts. */
export const textShapes: readonly [string, Shape][] = [
  ['spaces before an end that does not come', times(' ', '', 'x')],
  ['spaces of all kinds', times('\u00a0\t\u2003 ', 'a', 'b')],
  ['line breaks', times('\n', 'a', 'b')],
  ['carriage returns', times('\r', 'a', 'b')],
  ['open tags', times('<a ')],
  ['open pictures', times('<img ')],
  ['elements, and ends of others', both('<a>', '</x>')],
  ['elements that end as others', both('<b>', '</p>')],
  ['pictures in pictures', both('<svg><p>', '</p>')],
  ['open comments', times('<!--')],
  ['comments that nearly end', times('--', '<!--')],
  ['brackets', times('[')],
  ['empty links', times('[](')],
  ['open marks of pictures', times('![')],
  ['a quote and escapes', times('"\\')],
  ['open objects with a quote', times('{"a":')],
  ['ampersands', times('&')],
  ['joiners', times('\u200d', 'क', 'क')],
  ['at signs', times('@')],
  ['open brackets of mail', times('(', 'a@b ')],
  ['slashes', times('/', 'http:', 'x')],
  ['backslashes', times('\\', 'http:', 'x')],
  ['charsets', times('<meta charset ', '<meta ')],
  ['assignments', times('window.state=')],
  ['half of surrogates', times('\ud800')],
  ['dots and commas', times('.,')],
];

/** Addresses, as long as a share may be. */
export const urlShapes: readonly [string, Shape][] = [
  ...['www.bilibili.com', 'b23.tv', 'acg.tv', 'space.bilibili.com', 't.bilibili.com'].flatMap(
    (host): [string, Shape][] => [
      [`slashes within a path of ${host}`, times('/', `https://${host}/video/`, 'a')],
      [`slashes of ${host}`, times('/', `https://${host}/`, 'a')],
    ],
  ),
  ...[
    'github.com',
    'gist.github.com',
    'x.com',
    'nitter.net',
    't.me',
    'weibo.com',
    'm.weibo.cn',
    'www.xiaohongshu.com',
    'www.zhihu.com',
    'www.youtube.com',
    'youtu.be',
    'www.reddit.com',
    'www.example.com',
  ].map((host): [string, Shape] => [`slashes within a path of ${host}`, times('/', `https://${host}/a/b`, 'c')]),
  ['players', times('player', 'https://www.bilibili.com/blackboard/', '!?bvid=BV17x411w7KC')],
  ['a player behind slashes', times('/', 'https://www.bilibili.com/blackboard/', 'player.html?bvid=BV17x411w7KC')],
  ['escaped slashes', times('%2f', 'https://github.com/a/b/tree/', 'c')],
  ['backslashes', times('\\', 'https:', 'x')],
  ['backslashes and a space', times('\\', 'https:', ' x')],
  ['at signs', times('@', 'https://a ', '')],
  ['parameters', times('&a', 'https://www.example.com/?')],
  ['escapes', times('%', 'https://www.example.com/?a=')],
  ['labels', times('a.', 'https://', 'com/')],
  ['labels without a scheme', times('a.', '', '!')],
  ['hyphens', times('-', 'a', '.com')],
  ['schemes', times('http://')],
  ['schemes in schemes', times('jar:', '', 'http://a.com')],
  ['ids', times('BV1', 'x ')],
  ['numbers', times('av1', 'x ')],
  ['brackets behind', times(')', 'https://www.example.com/', '')],
  ['dots behind', times('.', 'https://www.example.com/', 'x')],
  ['feeds', times('/feed', 'https://www.example.com', '!')],
  ['wide characters', times('鯨', 'https://www.example.com/')],
  ['invisible ones', times('\u200b', 'https://www.example.com/', 'x')],
];
