import { BadPayload, maxBodyText } from '@vaultstream/contracts';
import { memberAt, rawOf, statsOf } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { parseDate } from '../clean/dates.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { askApi, type GithubContext } from './api.ts';
import { authorOf, namesOf, shared, type Found } from './fields.ts';
import type { GithubAddress } from './github-address.ts';
import { picturesIn, plainText } from './markdown.ts';

/** Files of a release that are listed. */
const maxFiles = 100;

/** A release: its notes, and what can be downloaded. The files themselves are not fetched. */
export async function readRelease(address: GithubAddress & { kind: 'release' }, ctx: GithubContext): Promise<Found> {
  const { owner, repo, tag } = address;
  const data = await askApi(`/repos/${owner}/${repo}/releases/tags/${encodeURIComponent(tag)}`, ctx);
  const name = cleanLine(data['name'], 500) ?? cleanLine(data['tag_name'], 300);
  if (name === null) throw new BadPayload('GitHub answered a release without a name');
  const files = itemsOf(data['assets']).slice(0, maxFiles).map(membersOf);
  const counts = files.map((file) => cleanCount(file['download_count']) ?? 0);
  return {
    ...shared,
    ...namesOf(address, data['html_url']),
    content_type: 'release',
    title: `${repo} ${name}`,
    body_text: plainText(data['body'], maxBodyText),
    author: authorOf(data['author']),
    published_at: parseDate(data['published_at']) ?? parseDate(data['created_at']),
    tags: [],
    stats: statsOf({
      like: memberAt(data, 'reactions', 'total_count'),
      download: files.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0),
    }),
    media: picturesIn(data['body']),
    raw_metadata: rawOf({
      tag: cleanLine(data['tag_name'], 300),
      prerelease: data['prerelease'] === true,
      files: files.map((file) => ({
        name: cleanLine(file['name'], 300),
        bytes: cleanCount(file['size']),
        url: httpsUrl(file['browser_download_url']),
      })),
    }),
  };
}
