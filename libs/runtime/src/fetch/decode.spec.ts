import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { decodeBytes, decodeText } from './decode.ts';

const chinese = '<p>你好，世界</p>';
const japanese = '<p>日本語のページ</p>';

describe('decodeText', () => {
  it.each([
    ['gb18030 in the header', iconv.encode(chinese, 'gb18030'), 'text/html; charset=gb18030', chinese, 'gb18030'],
    [
      'gb2312 with a character of gb18030 only',
      iconv.encode('㐀你', 'gb18030'),
      'text/html;charset="GB2312"',
      '㐀你',
      'gbk',
    ],
    [
      'shift_jis in the header',
      iconv.encode(japanese, 'shift_jis'),
      'text/html; charset=Shift_JIS',
      japanese,
      'shift_jis',
    ],
    ['utf-16 without a mark', iconv.encode(japanese, 'utf-16le'), 'text/html; charset=utf-16', japanese, 'utf-16le'],
    [
      'utf-16 big endian without a mark',
      iconv.encode(chinese, 'utf-16be'),
      'text/html; charset=utf-16',
      chinese,
      'utf-16be',
    ],
    [
      'utf-16 that nothing announces',
      iconv.encode('<title>abc 你</title>', 'utf-16le'),
      'text/html',
      '<title>abc 你</title>',
      'utf-16le',
    ],
    [
      'a mark against the header',
      iconv.encode(chinese, 'utf-16be', { addBOM: true }),
      'text/html; charset=gbk',
      chinese,
      'utf-16be',
    ],
    [
      'a header that is wrong, a meta that is right',
      iconv.encode(`<meta charset=gbk>${chinese}`, 'gbk'),
      'text/html; charset=utf-8',
      `<meta charset=gbk>${chinese}`,
      'gbk',
    ],
    ['a false latin1', Buffer.from(chinese), 'text/html; charset=iso-8859-1', chinese, 'utf-8'],
    ['charset=utf-7', Buffer.from('+ADw-script+AD4-'), 'text/html; charset=utf-7', '+ADw-script+AD4-', 'utf-8'],
    [
      'utf-7 with bytes that are not UTF-8',
      Buffer.from([0x80, 0x20, 0xe9]),
      'text/html; charset=utf-7',
      '€ é',
      'windows-1252',
    ],
    ['an unknown label', Buffer.from([0x93, 0x61, 0x94]), 'text/html; charset=klingon', '“a”', 'windows-1252'],
    ['nothing at all', Buffer.from(chinese), undefined, chinese, 'utf-8'],
    ['iso-2022-jp', Buffer.from('\u001b$BF|K\\\u001b(B'), 'text/html; charset=iso-2022-jp', '日本', 'iso-2022-jp'],
  ] as const)('S17: %s', (_name, body, contentType, text, charset) => {
    expect(decodeBytes(Buffer.from(body), contentType)).toEqual({ text, charset });
  });

  it.each([
    '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
    "<META charset='GBK' />",
    '<?xml version="1.0" encoding="gb18030"?>',
  ])('S17: reads the charset out of the page: %s', (head) => {
    const body = iconv.encode(`${head}${chinese}`, 'gb18030');
    expect(decodeText({ body, headers: { 'content-type': 'text/html' } }).text).toBe(`${head}${chinese}`);
  });

  it('S17: never throws', () => {
    const label = fc.oneof(
      fc.string(),
      fc.constantFrom('utf-7', 'hex', 'base64', 'utf-32', 'x-user-defined', 'replacement'),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), label, (bytes, charset) => {
        expect(typeof decodeBytes(Buffer.from(bytes), `text/html; charset=${charset}`).text).toBe('string');
      }),
    );
  });
});
