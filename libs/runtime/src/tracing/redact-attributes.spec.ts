import { describe, expect, it } from '@jest/globals';
import { redactAttributes, redactSpanText } from './redact-attributes.ts';

const token = '123456789:AAcanarycanarycanarycanarycanarycanary';

describe('what leaves in a span', () => {
  it.each([
    ['https://example.com', 'https://example.com'],
    ['https://example.com/', 'https://example.com/'],
    ['https://example.com:8443/a/canary?b=canary#canary', 'https://example.com:8443/[redacted]'],
    ['https://example.com?canary', 'https://example.com/[redacted]'],
    ['https://user:canary@example.com/canary', 'https://example.com/[redacted]'],
    ['postgresql://user:canary@db:5432/canary', 'postgresql://db:5432/[redacted]'],
    ["https://example.com/o'reilly/canary?share=canary", 'https://example.com/[redacted]'],
    [`https://api.telegram.org/bot${token}/sendMessage`, 'https://api.telegram.org/[redacted]'],
    [
      'fetch of "https://hooks.example.com/services/canary" and http://[::1]:9/canary failed',
      'fetch of "https://hooks.example.com/[redacted]" and http://[::1]:9/[redacted] failed',
    ],
    [`bot ${token} is refused`, 'bot [redacted] is refused'],
    ['authorization: Bearer canary-canary', 'authorization: Bearer [redacted]'],
    ['vs_abc_canarycanarycanary', 'vs_abc_[redacted]'],
    ['no secret at all: 1/2', 'no secret at all: 1/2'],
  ])('%s', (given, left) => {
    expect(redactSpanText(given)).toBe(left);
  });

  it('has no path, query or stack, and keeps what is no text', () => {
    expect(
      redactAttributes({
        'url.full': 'https://example.com/canary',
        'url.path': '/canary',
        'url.query': '?canary',
        'exception.stacktrace': 'Error: canary',
        'http.response.status_code': 200,
        list: ['https://example.com/canary', 'b'],
        numbers: [1, 2],
        nothing: undefined,
      }),
    ).toEqual({
      'url.full': 'https://example.com/[redacted]',
      'http.response.status_code': 200,
      list: ['https://example.com/[redacted]', 'b'],
      numbers: [1, 2],
    });
  });

  it('takes no longer than its length for a text that is made to be slow', () => {
    const startedAt = performance.now();
    redactSpanText('a://'.repeat(50_000));
    redactSpanText(`${'a'.repeat(100_000)}://`);
    redactSpanText(`https://${'a@'.repeat(50_000)}`);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
