import { AccessDenied, RateLimited } from '@vaultstream/contracts';
import type { Canonical } from '@vaultstream/contracts';
import { before } from '../clean/trim.ts';
import type { HttpAnswer } from '../platform.ts';

/** How far into a page the title is looked for: bytes. */
const headBytes = 65_536;
/** A page longer than this is no mere challenge: bytes. */
const maxChallengeBytes = 300_000;

/** Titles of pages that want to see a browser at work. They pass with time, so they are retried. */
const challengeTitles =
  /^(?:just a moment\b|attention required! \| cloudflare|please wait\.{3}|one moment,? please|checking your browser|ddos-guard|verif(?:y|ying) (?:that )?you are (?:a )?human|human verification|are you (?:a )?(?:human|robot)|robot (?:check|or human)|(?:security|bot) (?:check|verification)\b|(?:re)?captcha\b|pardon our interruption|client challenge|人机验证|安全验证|验证码|百度安全验证|访问验证|滑动验证)/i;
/** Titles of pages that say no to everybody like us. */
const denialTitles =
  /^(?:access (?:to this page )?(?:has been )?denied\b|(?:401|403) ?-? ?(?:unauthori[sz]ed|forbidden)|forbidden$|sign in to continue|login required|请先登录)/i;
const loginPath = /(?:^|[/_.-])(?:log-?in|sign-?in|sso|oauth2?|authwall|consent)(?:$|[/_.-])/i;

/**
 * Throws when an answer is an obstacle and not the page.
 * @throws RateLimited for a challenge, AccessDenied for a login wall or a refusal
 */
export function refuseObstacles(canonical: Canonical, answer: HttpAnswer): void {
  const { host } = new URL(answer.url);
  const { status } = answer;
  if (answer.headers['cf-mitigated'] === 'challenge')
    throw new RateLimited(`${host} wants to see a browser`, { status });
  const title = answer.body.length <= maxChallengeBytes ? titleIn(answer) : '';
  const script = status >= 400 && answer.body.subarray(0, headBytes).includes('/cdn-cgi/challenge-platform/');
  if (challengeTitles.test(title) || script) throw new RateLimited(`${host} wants to see a browser`, { status });
  if (denialTitles.test(title)) throw new AccessDenied(`${host} denies access`, { status });
  const led = answer.redirects.length > 0 && loginPath.test(new URL(answer.url).pathname);
  if (led && !loginPath.test(new URL(canonical.url).pathname))
    throw new AccessDenied(`${host} asks for a login`, { status });
}

function titleIn({ body, mime }: HttpAnswer): string {
  if (mime !== null && !mime.includes('html')) return '';
  const head = body.subarray(0, headBytes).toString('utf8');
  const start = /<title[^<>]{0,200}>/i.exec(head);
  if (!start) return '';
  const from = start.index + start[0].length;
  return before(head.slice(from, from + 300), '<')
    .replace(/\s+/g, ' ')
    .trim();
}
