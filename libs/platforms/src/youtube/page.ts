import { BadPayload, isVaultError, RateLimited, type VaultError } from '@vaultstream/contracts';
import { raiseForStatus } from '@vaultstream/runtime';
import { memberAt } from '../clean/content-fields.ts';
import { membersOf } from '../clean/json.ts';
import { scriptData } from '../clean/script-data.ts';
import { cleanLine } from '../clean/text.ts';
import type { PlatformContext } from '../platform.ts';
import { cookieHeader } from '../settings/cookie-header.ts';
import { refusalOf } from './refusals.ts';
import { cookieHosts, type YoutubeSettings } from './settings.ts';
import { videoUrl } from './video-address.ts';

/** Longest page: bytes. They have about 1.5 MB. */
const maxBytes = 8 * 1024 * 1024;
const variable = 'ytInitialPlayerResponse';
/** Somebody who has refused all cookies but the needed ones, which spares the page that asks. */
const refusedCookies = 'SOCS=CAI';

export type YoutubeContext = PlatformContext<YoutubeSettings>;

/** What the page tells its player. */
export interface Player {
  details: Readonly<Record<string, unknown>>;
  /** Dates, category and the like; empty where the page has none. */
  facts: Readonly<Record<string, unknown>>;
  /** Why it cannot be played here; null where it can. */
  obstacle: string | null;
}

/**
 * What the page of a video tells its player. A failure that says nothing of the video is returned: consent, a suspected robot, a page in
 * another form, no answer.
 * @throws NotFound for a video that is gone, AccessDenied for one that not everybody may see
 */
export async function readPage(id: string, ctx: YoutubeContext): Promise<Player | VaultError> {
  const response = await responseOf(id, ctx);
  return isVaultError(response) ? response : playerOf(id, response);
}

async function responseOf(id: string, { http, settings, signal }: YoutubeContext): Promise<unknown> {
  const url = new URL(`${videoUrl(id)}&hl=en`);
  const headers = {
    accept: 'text/html',
    'accept-language': 'en',
    cookie: refusedCookies,
    ...cookieHeader(url, settings.cookie, cookieHosts),
  };
  try {
    const answer = await http.fetch({ url: url.href, maxBytes, truncate: true, redirect: 'manual', headers, signal });
    if (answer.status >= 300 && answer.status < 400)
      return new RateLimited('YouTube asks for consent, or who is there', { status: answer.status });
    raiseForStatus(answer);
    const page = answer.body.toString('utf8');
    const assigned = `var ${variable} = `;
    return scriptData(page, page.includes(assigned) ? assigned : variable);
  } catch (error) {
    signal.throwIfAborted();
    if (!isVaultError(error)) throw error;
    return error;
  }
}

/** What is known of a video is worth more than the reason why it cannot be played here. */
function playerOf(id: string, response: unknown): Player | VaultError {
  const details = membersOf(memberAt(response, 'videoDetails'));
  const status = membersOf(memberAt(response, 'playabilityStatus'));
  const known = details['videoId'] === id && cleanLine(details['title'], 500) !== null;
  if (!known) {
    const refusal = refusalOf(status) ?? new BadPayload('the page of YouTube tells nothing of the video');
    if (refusal.name === 'NotFound' || refusal.name === 'AccessDenied') throw refusal;
    return refusal;
  }
  const facts = membersOf(memberAt(response, 'microformat', 'playerMicroformatRenderer'));
  const obstacle = status['status'] === 'OK' ? null : cleanLine(status['reason'] ?? status['status'], 300);
  return { details, facts, obstacle };
}
