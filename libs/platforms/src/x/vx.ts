import { BadPayload, isVaultError } from '@vaultstream/contracts';
import { raiseForStatus } from '@vaultstream/runtime';
import { parseJson } from '../clean/json.ts';
import { trimEndOf } from '../clean/trim.ts';
import { ask, type Source } from './source.ts';
import { vxPost } from './vx-post.ts';

/** Its page for everything that went wrong, with status 200: the post is gone, or vxTwitter could not get at it (`msgs.py`). */
const failed = 'Failed to scan your link';

/** vxTwitter (https://github.com/dylanpdx/BetterTwitFix, `api.md`): one post; its quote and its repost within it. */
export const vxTwitter: Source = {
  name: 'vxtwitter',
  async read(id, ctx) {
    const base = `${trimEndOf(ctx.settings.vxtwitter_url, /\//)}/`;
    const answer = await ask(new URL(`i/status/${id}`, base), ctx);
    raiseForStatus(answer);
    const raw = jsonOf(answer.body);
    if (raw === undefined) {
      if (answer.body.includes(failed)) return { kind: 'missing', withheld: false };
      throw new BadPayload('vxTwitter answered no JSON');
    }
    const post = vxPost(raw);
    if (!post) throw new BadPayload('vxTwitter answered a post without an id');
    return { kind: 'post', post, thread: [], raw };
  },
};

function jsonOf(body: Buffer): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    if (isVaultError(error)) return undefined;
    throw error;
  }
}
