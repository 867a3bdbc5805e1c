import { AccessDenied, BadPayload, NotFound, RateLimited, UpstreamError } from '@vaultstream/contracts';
import { raiseForStatus, retryAfterMs } from '@vaultstream/runtime';
import { membersOf, parseJson } from '../clean/json.ts';
import type { HttpAnswer } from '../platform.ts';
import type { Word } from './source.ts';

/** Why X shows no post, as FxTwitter words it. What is not here may have passed FxTwitter only, such as an age limit. */
const reasons = new Map<unknown, () => Word>([
  ['deleted', () => final(new NotFound('the post was deleted', { status: 404 }))],
  ['suspended', () => final(new NotFound('the account of the post is suspended', { status: 404 }))],
  ['private', () => final(new AccessDenied('the account of the post is protected'))],
  ['blocked', () => final(new AccessDenied('the author of the post has blocked the reader'))],
]);

/**
 * Opens `{code, message, status | tweet, ...}`. The code counts, whatever the status: 200 has the post; 401 is a protected account; 404 is
 * X's refusal with its reason (a tombstone), or nothing found by FxTwitter.
 * @throws RateLimited, UpstreamError, BadPayload, and what the status stands for when there is no envelope
 */
export function openFx(answer: HttpAnswer): { word: Word } | { body: Readonly<Record<string, unknown>> } {
  const body = envelopeOf(answer);
  const code = body['code'];
  const { status, headers } = answer;
  const message = `FxTwitter answered code ${String(code)}`;
  if (code === 200) return { body };
  if (code === 401) return { word: final(new AccessDenied('the account of the post is protected', { status: 401 })) };
  if (code === 404) {
    const { type, reason } = membersOf(body['status']);
    const word = type === 'tombstone' ? reasons.get(reason) : undefined;
    return { word: word?.() ?? { kind: 'missing', withheld: type === 'tombstone' } };
  }
  if (code === 429) throw new RateLimited(message, { status, retryAfterMs: retryAfterMs(headers['retry-after']) });
  if (typeof code === 'number' && code >= 500) throw new UpstreamError(message, { status });
  throw new BadPayload(message, { status });
}

/** The JSON with its code. Without one it is not FxTwitter that speaks, but what stands in front of it. */
function envelopeOf(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    const body = membersOf(parseJson(answer.body));
    if (Number.isInteger(body['code'])) return body;
  } catch (error) {
    raiseForStatus(answer);
    throw error;
  }
  raiseForStatus(answer);
  throw new BadPayload('FxTwitter answered JSON without a code');
}

function final(error: NotFound | AccessDenied): Word {
  return { kind: 'final', error };
}
