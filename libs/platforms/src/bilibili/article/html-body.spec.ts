import { describe, expect, it } from '@jest/globals';
import { htmlBody } from './html-body.ts';

const textOf = (html: string) => htmlBody(html).text.trim();

describe('the HTML of an article', () => {
  it.each([
    ['<p>一</p><p>二</p>', '一\n\n二'],
    ['<p>一<br>二<br/><br/>三</p>', '一\n二\n三'],
    ['  <p>\n  一\n  <b>二</b> 三 </p>\n', '一 二 三'],
    ['<h2>题</h2>文', '题\n\n文'],
    ['<ol><li>一</li><li><p>二</p><p>三</p></li></ol>', '- 一\n- 二\n三'],
    ['<pre>  a\n    b\n</pre>后', 'a\n    b\n\n\n后'],
    ['a &amp;lt; b &#x4e00;', 'a &lt; b 一'],
    ['<script>x</script><style>y</style><iframe>z</iframe>字', '字'],
    ['没有标签', '没有标签'],
    ['', ''],
  ])('%j', (html, text) => {
    expect(textOf(html)).toBe(text);
  });

  it('takes pictures in their order, by their late address, and no dividing lines', () => {
    const html =
      '<img src="//i0.hdslb.com/a.jpg@1w.webp"><p>x<img class="lazy" data-src="//i0.hdslb.com/b.jpg" src="data:,x" data-w="3" data-h="2"></p>' +
      '<img class="cut-off-3" src="//i0.hdslb.com/line.png"><img><img src="javascript:1">';
    expect(htmlBody(html).pictures).toEqual([
      { kind: 'image', role: 'content', url: 'https://i0.hdslb.com/a.jpg' },
      { kind: 'image', role: 'content', url: 'https://i0.hdslb.com/b.jpg', width: 3, height: 2 },
      null,
      null,
    ]);
  });

  it.each([
    ['open elements', '<b>'.repeat(100_000)],
    ['open elements, each with an end tag of something else', '<b>'.repeat(199) + '</i>'.repeat(400_000)],
    ['attributes', `<p ${'a=1 '.repeat(400_000)}>x`],
    ['an open attribute', `<p a="${'x'.repeat(1_900_000)}`],
    ['open comments', '<!--'.repeat(400_000)],
    ['paragraphs', '<p>x</p>'.repeat(250_000)],
    ['entities', '&amp'.repeat(400_000)],
  ])('S19: a page made of %s ends soon, with a text or BadPayload', (_, html) => {
    const begin = performance.now();
    try {
      expect(typeof textOf(html)).toBe('string');
    } catch (error) {
      expect(error).toMatchObject({ name: 'BadPayload' });
    }
    expect(performance.now() - begin).toBeLessThan(15_000);
  });
});
