import { AccessDenied, BadPayload, NotFound } from '@vaultstream/contracts';
import { raiseForStatus } from '@vaultstream/runtime';
import type { PlatformContext } from '../platform.ts';
import type { TelegramAddress } from './post-address.ts';
import { PostPage } from './post-page.ts';
import { lineOf } from './words.ts';

/** Longest page: bytes. A long post with ten pictures has about 100 kB. */
const maxBytes = 1024 * 1024;
/** What Telegram says of things that are there, but not for everybody. */
const withheld = /private|can.t be (?:displayed|accessed|viewed)|restricted|unavailable (?:in|on)/i;

/**
 * The page that other sites put into a frame to show the post: the only one that shows a post without an account and without a script.
 * @throws NotFound, AccessDenied, BadPayload, and what the status stands for
 */
export async function readPost(
  { channel, id }: TelegramAddress & { kind: 'post' },
  { http, signal }: PlatformContext,
): Promise<PostPage> {
  const url = `https://t.me/${channel}/${id}?embed=1&mode=tme`;
  const answer = await http.fetch({ url, maxBytes, headers: { accept: 'text/html' }, signal });
  raiseForStatus(answer);
  const page = new PostPage(answer.body.toString('utf8'));
  const said = lineOf(page.first('error'));
  if (said !== null) {
    if (withheld.test(said)) throw new AccessDenied(`Telegram says: ${said}`);
    throw new NotFound(`Telegram says: ${said}`);
  }
  if (page.message === undefined) throw new BadPayload('the page of Telegram shows no post');
  return page;
}
