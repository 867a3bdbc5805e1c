import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { declaredMime, sniffMime } from './sniff.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('sniffMime', () => {
  it.each([
    ['a picture that claims to be a page', png, 'text/html', 'image/png'],
    ['a page that claims to be a picture', '<!DOCTYPE html><html>', 'image/png', 'text/html'],
    ['a page behind space and comments', '\ufeff \n<!-- a > b -->\n<!-- -->\n<HTML lang=en>', undefined, 'text/html'],
    ['a page that begins with text', 'Hello <b>there</b>', 'text/html', 'text/html'],
    ['a text with a picture for a header', 'Hello <b>there</b>', 'image/png', 'text/plain'],
    ['a feed', '<?xml version="1.0"?>\n<!-- x -->\n<rss version="2.0">', 'text/html', 'application/rss+xml'],
    ['another feed', '<feed xmlns="http://www.w3.org/2005/Atom">', undefined, 'application/atom+xml'],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg">', 'image/png', 'image/svg+xml'],
    [
      'a drawing with entities',
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg>',
      undefined,
      'image/svg+xml',
    ],
    ['some other XML', '<?xml version="1.0"?><note/>', undefined, 'application/xml'],
    ['JSON', ' {"a": [1]}\n', 'text/html', 'application/json'],
    ['almost JSON', '{"a": [1}', 'application/json', 'text/plain'],
    ['an element that is called like a property of objects', '<constructor>', undefined, 'text/plain'],
    ['bytes', Buffer.from([1, 2, 3, 4, 250]), 'text/html', null],
    ['nothing', '', 'text/html', null],
    ['a page with a stray NUL', '<!doctype html><title>Nu\u0000l</title>', 'text/html', 'text/html'],
    ['UTF-16', Buffer.from('<html><p>x</p>', 'utf16le'), 'text/html', 'text/html'],
  ])('S16: knows %s', async (_name, body, contentType, mime) => {
    expect(await sniffMime(Buffer.from(body), contentType)).toBe(mime);
  });

  it('S16: never calls text a picture that is drawn from pixels', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.constantFrom('image/png', 'image/jpeg', 'video/mp4'), async (text, claim) => {
        expect(await sniffMime(Buffer.from(`<html>${text}`), claim)).not.toBe(claim);
      }),
    );
  });
});

describe('declaredMime', () => {
  it.each([
    ['Text/HTML; charset=utf-8', 'text/html'],
    ['image/png, text/html', null],
    ['image/png;x=1, text/html', null],
    ['image', null],
    [undefined, null],
    ['multipart/x; boundary="a,b"', 'multipart/x'],
  ])('S16: %s', (header, mime) => expect(declaredMime(header)).toBe(mime));
});
