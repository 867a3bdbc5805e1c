import { describe, expect, it } from '@jest/globals';
import { htmlText } from './html-text.ts';

describe('htmlText', () => {
  it.each([
    ['a <b>b</b>\n c', 'a b c'],
    ['a<br>b<br/><br/>c<br><br><br>d', 'a\nb\n\nc\n\nd'],
    ['<p>a</p><p>b</p>', 'a\n\nb'],
    ['<ul><li>a</li><li><p>b</p><p>c</p></li></ul>d', '- a\n- b\nc\n\nd'],
    ['<pre>a\n  b</pre>c', 'a\n  b\n\nc'],
    ['<div><div><p>a</p></div></div><h2>b</h2>', 'a\n\nb'],
    ['a<script>x</script><style>x</style><noscript><img alt="x">x</noscript>b', 'ab'],
    ['&lt;b&gt; &amp;amp; &#28783;', '<b> &amp; 灯'],
    ['a</p></div></a>b', 'a\n\nb'],
    ['<p>a<', 'a<'],
    ['', ''],
  ])('%j is %j', (html, text) => expect(htmlText(html)).toBe(text));

  it('lets elements stand for a text, and links for where they lead', () => {
    const seen: string[] = [];
    const element = (name: string, { alt }: Readonly<Record<string, string>>) =>
      name === 'img' ? (alt ?? '') : name === 'x' ? 'X' : (seen.push(name), undefined);
    const link = (href: string, words: string) => `${words}[${href}]`;
    const html =
      '<p><img alt=":)"> a <x>b<a href="/h">c</a></x> <a href="/1">d<b>e</b></a><a href="/2"></a><a>f</a></p>';
    expect(htmlText(html, { element, link })).toBe(':) a X de[/1]f[]');
    expect(seen).toEqual(['p', 'a', 'b', 'a', 'a']);
    expect(htmlText('<p>a</p><a href="/1">b</a>', { link })).toBe('a\n\nb[/1]');
    expect(htmlText('<x><x>a</x>b</x>c', { element })).toBe('Xc');
  });

  it('S19: refuses nesting beyond all reason, and takes its time for nothing', () => {
    expect(() => htmlText('<div>'.repeat(100_000))).toThrow(expect.objectContaining({ name: 'BadPayload' }));
    expect(htmlText('<a href="x">a</a>'.repeat(50_000), { link: (_, words) => words })).toHaveLength(50_000);
    expect(htmlText('a'.repeat(3_000_000))).toHaveLength(1_000_000);
  });
});
