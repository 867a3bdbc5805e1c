import { describe, expect, it } from '@jest/globals';
import { classify, type ApiError } from './classify.ts';

/** What the Bot API says, and what that means. */
const table: [string, ApiError, object][] = [
  [
    'a 429 with its wait',
    { code: 429, description: 'Too Many Requests: retry after 7', parameters: { retry_after: 7 } },
    { name: 'RateLimited', retryAfterMs: 7_000 },
  ],
  [
    'a 429 that says it in words only',
    { code: 429, description: 'Too Many Requests: retry after 9' },
    { name: 'RateLimited', retryAfterMs: 9_000 },
  ],
  [
    'a 429 that does not say',
    { code: 429, description: 'Too Many Requests' },
    { name: 'RateLimited', retryAfterMs: 60_000 },
  ],
  [
    'an absurd wait',
    { code: 429, description: 'x', parameters: { retry_after: 1e9 } },
    { name: 'RateLimited', retryAfterMs: 86_400_000 },
  ],
  [
    'an album refused at its first item',
    {
      code: 429,
      description: 'Bad Request: failed to send message #1 with the error message "Too Many Requests: retry after 8"',
    },
    { name: 'RateLimited', retryAfterMs: 8_000 },
  ],
  [
    'an album that stopped half-way',
    { code: 400, description: 'failed to send message #3 with the error message "Too Many Requests: retry after 8"' },
    { name: 'OutcomeUnknown' },
  ],
  [
    'an album of which nobody knows how much went out before the limit',
    {
      code: 400,
      description: 'Bad Request: failed to send message #1 with the error message "Too Many Requests: retry after 8"',
    },
    { name: 'OutcomeUnknown' },
  ],
  ['a revoked token', { code: 401, description: 'Unauthorized' }, { name: 'AccessDenied', status: 401 }],
  ['a token that is none', { code: 404, description: 'Not Found' }, { name: 'AccessDenied', status: 401 }],
  [
    'a bot that was thrown out',
    { code: 403, description: 'Forbidden: bot was kicked from the channel chat' },
    { name: 'AccessDenied', status: 403 },
  ],
  [
    'a person who blocked it',
    { code: 403, description: 'Forbidden: bot was blocked by the user' },
    { name: 'AccessDenied', status: 403 },
  ],
  ['an unknown chat', { code: 400, description: 'Bad Request: chat not found' }, { name: 'NotFound', status: 404 }],
  [
    'a deleted topic',
    { code: 400, description: 'Bad Request: message thread not found' },
    { name: 'NotFound', status: 404 },
  ],
  [
    'missing rights',
    { code: 400, description: 'Bad Request: not enough rights to send text messages to the chat' },
    { name: 'AccessDenied', status: 403 },
  ],
  [
    'a text that is too long',
    { code: 400, description: 'Bad Request: message is too long' },
    { name: 'BadPayload', status: 400 },
  ],
  ['something new', { code: 400, description: 'Bad Request: FROBNICATION_FAILED' }, { name: 'BadPayload' }],
  ['its own failure', { code: 502, description: 'Bad Gateway' }, { name: 'UpstreamError', status: 502 }],
  ['another status', { code: 409, description: 'Conflict' }, { name: 'BadPayload', status: 409 }],
];

const remedies: [string, ApiError, object][] = [
  [
    'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 4',
    { code: 400, description: '' },
    { do: 'plain' },
  ],
  [
    "Bad Request: can't parse entities: Can't find end tag corresponding to start tag b",
    { code: 400, description: '' },
    { do: 'plain' },
  ],
  ['Bad Request: wrong file identifier/HTTP URL specified', { code: 400, description: '' }, { do: 'upload' }],
  [
    'Bad Request: wrong remote file identifier specified: Wrong padding in the string',
    { code: 400, description: '' },
    { do: 'upload' },
  ],
  ['Bad Request: PHOTO_INVALID_DIMENSIONS', { code: 400, description: '' }, { do: 'simpler' }],
  ['Bad Request: IMAGE_PROCESS_FAILED', { code: 400, description: '' }, { do: 'simpler' }],
  ['Bad Request: wrong type of the web page content', { code: 400, description: '' }, { do: 'simpler' }],
  ['Bad Request: not enough rights to send photos to the chat', { code: 400, description: '' }, { do: 'simpler' }],
  // Said of an album of which one picture could not be uploaded: TDLib gives up before it sends any of them.
  ['Bad Request: group send failed', { code: 400, description: '' }, { do: 'simpler' }],
  // The Bot API's words for MEDIA_GROUPED_INVALID.
  [
    "Bad Request: can't use the media of the specified type in the album",
    { code: 400, description: '' },
    { do: 'simpler' },
  ],
  ['Bad Request: MULTI_MEDIA_TOO_LONG', { code: 400, description: '' }, { do: 'simpler' }],
  ['Bad Request: too many messages to send as an album', { code: 400, description: '' }, { do: 'simpler' }],
  ["Bad Request: photo can't be mixed with other media types", { code: 400, description: '' }, { do: 'simpler' }],
  ['Bad Request: MEDIA_FILE_INVALID', { code: 400, description: '' }, { do: 'simpler' }],
  ['Bad Request: FILE_PARTS_INVALID', { code: 400, description: '' }, { do: 'simpler' }],
  ['Bad Request: message caption is too long', { code: 400, description: '' }, { do: 'simpler' }],
  [
    'Bad Request: failed to send message #1 with the error message "IMAGE_PROCESS_FAILED"',
    { code: 400, description: '' },
    { do: 'simpler' },
  ],
  ['Request Entity Too Large', { code: 413, description: '' }, { do: 'simpler' }],
  [
    'Bad Request: group chat was upgraded to a supergroup chat',
    { code: 400, description: '', parameters: { migrate_to_chat_id: -100777 } },
    { do: 'moved', chatId: '-100777' },
  ],
];

describe('what the Bot API says', () => {
  it.each(table)('%s is thrown as what it is', (_, error, expected) => {
    expect(classify(error)).toMatchObject({ do: 'throw', error: expected });
  });

  it.each(remedies)('"%s" has a remedy', (description, error, expected) => {
    expect(classify({ ...error, description })).toEqual(expected);
  });
});
