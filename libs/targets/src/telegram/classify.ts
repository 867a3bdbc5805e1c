import {
  AccessDenied,
  BadPayload,
  NotFound,
  OutcomeUnknown,
  RateLimited,
  UpstreamError,
  type VaultError,
} from '@vaultstream/contracts';

/** An error as the Bot API words it. */
export interface ApiError {
  code: number;
  description: string;
  parameters?: { migrate_to_chat_id?: number | string | undefined; retry_after?: number | undefined } | undefined;
}

/**
 * What to do about a refusal. It surely had no effect (unless it is thrown as OutcomeUnknown), so another form of the message may go at once.
 * plain: without markup; upload: the bytes instead of a file id; simpler: fewer pictures, in the end none; moved: to another chat.
 */
export type Remedy =
  { do: 'throw'; error: VaultError } | { do: 'plain' | 'upload' | 'simpler' } | { do: 'moved'; chatId: string };

/** Milliseconds: when "too many" does not say how long, and the longest that is believed. */
const defaultRetryAfterMs = 60_000;
const maxRetryAfterMs = 24 * 3_600_000;

/** What the Bot API says in a 400, in its own words (they have no codes). Collected from tdlib/telegram-bot-api `Client.cpp`. */
const refusals = {
  markup:
    /can't parse (?:entities|caption|message text)|unsupported start tag|can't find end (?:tag|of)|ENTITY_\w+INVALID/i,
  fileId:
    /wrong (?:remote )?file[ _](?:id|identifier)|invalid file[ _]id|FILE_REFERENCE|file is temporarily unavailable/i,
  picture:
    /PHOTO_|IMAGE_PROCESS|MEDIA_(?:EMPTY|INVALID|FILE_INVALID|TYPE_INVALID)|FILE_PARTS?_|WEBPAGE_|wrong type of the web page|type of file mismatch|can't use file of type|can't upload file|wrong HTTP URL|file is too big|file must be non-empty|failed to get HTTP URL|caption is too long|not enough rights to send (?:photos|media|documents)|CHAT_SEND_(?:PHOTOS|MEDIA|DOCS)_FORBIDDEN/i,
  // Of an album as a whole. TDLib says "group send failed" when one picture could not be uploaded, before it sends any of them.
  album:
    /group send failed|group(?:ed)? media|MEDIA_GROUPED_INVALID|MULTI_MEDIA_TOO_LONG|in the album|as an album|mixed with other media|no messages to send/i,
  gone: /chat not found|user not found|PEER_ID_INVALID|CHAT_ID_INVALID|group chat was (?:deleted|deactivated|upgraded)|chat was deleted|message thread not found|TOPIC_(?:DELETED|CLOSED)|USERNAME_(?:INVALID|NOT_OCCUPIED)/i,
  rights:
    /not enough rights|have no rights|need administrator rights|CHAT_WRITE_FORBIDDEN|CHAT_ADMIN_REQUIRED|CHAT_RESTRICTED|CHAT_SEND_\w+_FORBIDDEN|USER_BANNED|bot (?:was|is) (?:kicked|blocked|not a member)/i,
} as const;

/** An album that stopped at one of its items says at which: those before it may be there. */
const stoppedAt = /failed to send message #(\d+)/i;
/** One that ran into a limit names the first item even when others are there (rubenlagus/TelegramBots#1520). */
const stoppedByLimit = /failed to send message #\d+ .*too many requests/i;

/** Decides what an error of the Bot API means. Pure. */
export function classify(error: ApiError): Remedy {
  const { code, description } = error;
  if (Number(stoppedAt.exec(description)?.[1] ?? 1) > 1 || (code === 400 && stoppedByLimit.test(description)))
    return raise(new OutcomeUnknown(`Telegram sent a part of the album: ${description}`, { status: code }));
  if (code === 429) return raise(tooMany(error));
  // A token of the wrong form makes no known path: 404.
  if (code === 401 || code === 404)
    return raise(new AccessDenied(`Telegram refuses the bot token: ${description}`, { status: 401 }));
  if (code === 403) return raise(new AccessDenied(`Telegram: ${description}`, { status: 403 }));
  if (code === 413) return { do: 'simpler' };
  if (code >= 500) return raise(new UpstreamError(`Telegram: ${description}`, { status: code }));
  if (code === 400) return badRequest(error);
  return raise(new BadPayload(`Telegram: ${description}`, { status: code }));
}

function badRequest({ description, parameters }: ApiError): Remedy {
  const moved = parameters?.migrate_to_chat_id;
  if (moved !== undefined) return { do: 'moved', chatId: String(moved) };
  if (refusals.markup.test(description)) return { do: 'plain' };
  if (refusals.fileId.test(description)) return { do: 'upload' };
  if (refusals.picture.test(description) || refusals.album.test(description)) return { do: 'simpler' };
  if (refusals.gone.test(description)) return raise(new NotFound(`Telegram: ${description}`, { status: 404 }));
  if (refusals.rights.test(description)) return raise(new AccessDenied(`Telegram: ${description}`, { status: 403 }));
  return raise(new BadPayload(`Telegram: ${description}`, { status: 400 }));
}

function tooMany({ description, parameters }: ApiError): RateLimited {
  const asked = parameters?.retry_after ?? Number(/retry after (\d+)/i.exec(description)?.[1] ?? NaN);
  const ms = Number.isFinite(asked) ? Math.ceil(asked * 1_000) : defaultRetryAfterMs;
  const retryAfterMs = Math.min(Math.max(ms, 1_000), maxRetryAfterMs);
  return new RateLimited(`Telegram: ${description}`, { status: 429, retryAfterMs });
}

const raise = (error: VaultError): Remedy => ({ do: 'throw', error });
