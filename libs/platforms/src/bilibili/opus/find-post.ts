import { isVaultError, NotFound } from '@vaultstream/contracts';
import { membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { callApi, type BilibiliContext } from '../api.ts';
import { memberAt } from '../fields.ts';
import { numberId } from '../hosts.ts';
import { isPost } from './post.ts';

/** What the newer address shows of a post; without `htmlNewStyle` it refuses older articles (bilibili-API-collect, docs/opus/features.md). */
const opusFeatures = 'onlyfansVote,onlyfansAssetsV2,decorationCard,htmlNewStyle,ugcDelete,editable,opusPrivateVisible';
/** And the older one. */
const detailFeatures = 'itemOpusStyle,onlyfansVote,onlyfansAssetsV2,decorationCard,ugcDelete,htmlNewStyle';

/** A post in either form, or the number of the article that it is. */
export type Found = { item: Readonly<Record<string, unknown>> } | { article: string };

/**
 * Asks the newer address, which has the whole text, and the older one for what that one does not show: videos, forwards, announcements.
 * Risk control and a refusal end the search; only "not there" does not.
 * @throws NotFound when neither knows the post, and the errors of the API.
 */
export async function findPost(id: string, ctx: BilibiliContext): Promise<Found> {
  const answer = membersOf(await ask(id, ctx));
  if (isPost(answer['item'])) return { item: membersOf(answer['item']) };
  const { id: instead, type } = membersOf(answer['fallback']);
  const article = Number(type) === 2 ? numberId(cleanLine(instead, 20), 12) : null;
  if (article !== null) return { article };
  const older = await callApi(ctx, {
    path: '/x/polymer/web-dynamic/v1/detail',
    parameters: { id, features: detailFeatures },
    needsBrowser: true,
  });
  const item = memberAt(older, 'item');
  if (!isPost(item)) throw new NotFound('Bilibili answered no post');
  return { item: membersOf(item) };
}

/** Undefined when the newer address does not know the post. */
async function ask(id: string, ctx: BilibiliContext): Promise<unknown> {
  try {
    const path = '/x/polymer/web-dynamic/v1/opus/detail';
    return await callApi(ctx, { path, parameters: { id, features: opusFeatures }, needsBrowser: true });
  } catch (error) {
    if (isVaultError(error) && error.name === 'NotFound') return undefined;
    throw error;
  }
}
