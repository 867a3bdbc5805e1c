import { BadPayload } from '@vaultstream/contracts';
import { membersOf } from '../../clean/json.ts';
import { cleanLine } from '../../clean/text.ts';
import { callApi } from '../api.ts';
import { authorOf, bodyOf, mediaOf, memberAt, pictureOf, statsOf, tagsOf } from '../fields.ts';
import { named, type Kind } from '../kind.ts';
import { rawOf } from '../raw.ts';
import { userOf, userUrl } from './space-address.ts';

/** Users, by the card that needs neither a signature nor an account (`/x/space/wbi/acc/info` needs both, and tells little more). */
export const space: Kind = {
  contentType: 'user',

  canonicalize(url) {
    const id = userOf(url);
    return id === null ? null : named('user', userUrl(id), id);
  },

  async read(url, ctx) {
    const id = userOf(url);
    if (id === null) throw new Error(`not a user: ${url.href}`);
    const parameters = { mid: id, photo: 'true' };
    const data = membersOf(await callApi(ctx, { path: '/x/web-interface/card', parameters }));
    const card = membersOf(data['card']);
    const name = cleanLine(card['name'], 200);
    if (name === null) throw new BadPayload('Bilibili answered a user without a name');
    return {
      content_type: 'user',
      platform_id: id,
      canonical_url: userUrl(id),
      title: name,
      description: cleanLine(memberAt(card, 'Official', 'title'), 500),
      body_text: bodyOf(card['sign']),
      author: authorOf(id, name, card['face']),
      site_name: 'bilibili',
      language: null,
      published_at: null,
      tags: tagsOf([]),
      is_nsfw: false,
      stats: statsOf({
        follower: data['follower'] ?? card['fans'],
        following: card['attention'],
        video: data['archive_count'],
        like: data['like_num'],
      }),
      media: mediaOf([pictureOf(card['face'], 'cover'), pictureOf(memberAt(card, 'space', 'l_img'))]),
      raw_metadata: rawOf(data),
    };
  },
};
