import { BadPayload, maxBodyText } from '@vaultstream/contracts';
import { memberAt, rawOf, statsOf, tagsOf } from '../clean/content-fields.ts';
import { parseDate } from '../clean/dates.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { askApi, type GithubContext } from './api.ts';
import { authorOf, namesOf, shared, type Found } from './fields.ts';
import type { GithubAddress } from './github-address.ts';
import { picturesIn, plainText } from './markdown.ts';

/** An issue or a pull request: GitHub counts them together and answers both as issues. Comments are not read. */
export async function readThread(
  address: GithubAddress & { kind: 'issue' | 'pull_request' },
  ctx: GithubContext,
): Promise<Found> {
  const data = await askApi(`/repos/${address.owner}/${address.repo}/issues/${address.number}`, ctx);
  const title = cleanLine(data['title'], 1_000);
  if (title === null) throw new BadPayload('GitHub answered an issue without a title');
  const merged = parseDate(memberAt(data, 'pull_request', 'merged_at'));
  return {
    ...shared,
    ...namesOf(address, data['html_url']),
    content_type: data['pull_request'] === undefined ? 'issue' : 'pull_request',
    title,
    body_text: plainText(data['body'], maxBodyText),
    author: authorOf(data['user']),
    published_at: parseDate(data['created_at']),
    tags: tagsOf(itemsOf(data['labels']).map((label) => membersOf(label)['name'] ?? label)),
    stats: statsOf({ comment: data['comments'], like: memberAt(data, 'reactions', 'total_count') }),
    media: picturesIn(data['body']),
    raw_metadata: rawOf({
      state: merged ? 'merged' : cleanLine(data['state'], 30),
      state_reason: cleanLine(data['state_reason'], 50),
      draft: data['draft'] === true,
      locked: data['locked'] === true,
      closed_at: parseDate(data['closed_at'])?.toISOString() ?? null,
      merged_at: merged?.toISOString() ?? null,
      milestone: cleanLine(memberAt(data, 'milestone', 'title'), 200),
    }),
  };
}
