import { describe, expect, it } from '@jest/globals';
import { redactText } from './redact.ts';

const secret = 'S3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t';

describe('redactText', () => {
  it.each([
    ['a Telegram token in a path', `https://api.telegram.org/bot123456789:${secret}/sendMessage`],
    ['a Telegram token by itself', `using 123456789:${secret} now`],
    ['a webhook secret', `whsec_${secret}`],
    ['a token of ours', `vs_live_${secret}`],
    ['a bearer token', `Authorization: Bearer ${secret}`],
    ['basic credentials', `authorization: Basic ${secret}`],
    ['a header of ours', `x-api-token: ${secret}`],
    ['a presigned address', `https://s3.example/b/k?X-Amz-Date=1&X-Amz-Signature=${secret}&x=1`],
    ['a signed link', `/media/blobs/x.webp?expires=1&signature=${secret}`],
    ['a token in a query', `https://example.com/?token=${secret}#x`],
    ['a connection string', `postgresql://vault:${secret}@db:5432/vault`],
    ['a Redis address without a user', `redis://:${secret}@redis:6379`],
    ['a cookie header', `Cookie: SESSDATA=${secret}; bili_jct=x${secret}`],
    ['a platform cookie', `sent SESSDATA=${secret}; and more`],
    ['a field of JSON', JSON.stringify({ deep: { bot_token: secret } })],
    ['JSON inside JSON', JSON.stringify({ body: JSON.stringify({ password: secret }) })],
  ])('A16: takes out %s', (_, text) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain('[redacted]');
  });

  it.each([
    'https://example.com/watch?v=abc&key_word=x',
    'token_id 0192aa-77',
    'the tokens of vs_live are fine',
    'body.url: must be an http or https URL',
    'connect ECONNREFUSED 127.0.0.1:5432',
    '2026-11-22T04:52:08.420Z',
  ])('leaves "%s" alone', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('A16: keeps a line of JSON whole', () => {
    const line = JSON.stringify({
      a: 'http://host:80',
      b: `me@example.com`,
      cookie: `a=${secret}`,
      c: `password="${secret}"`,
      d: `https://u:${secret}@h/?token=${secret}`,
      e: 'end',
    });
    const clean = redactText(line);
    expect(JSON.parse(clean)).toMatchObject({ a: 'http://host:80', b: 'me@example.com', e: 'end' });
    expect(clean).not.toContain(secret);
  });

  it('takes linear time on hostile text', () => {
    const started = performance.now();
    for (const part of ['://a:', 'bearer ', 'cookie: ', '"token":', '&key=', 'bot1:', '1234567'])
      redactText(part.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
