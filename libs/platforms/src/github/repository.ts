import { BadPayload } from '@vaultstream/contracts';
import { memberAt, rawOf, statsOf, tagsOf } from '../clean/content-fields.ts';
import { parseDate } from '../clean/dates.ts';
import { httpsUrl } from '../clean/http-url.ts';
import { itemsOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { askApi, askIfPossible, type GithubContext } from './api.ts';
import { authorOf, namesOf, shared, type Found } from './fields.ts';
import { idOf, type GithubAddress } from './github-address.ts';
import { picturesIn, plainText } from './markdown.ts';

/** UTF-16 units of a README that are kept: what it is about stands at its beginning. */
const maxReadme = 20_000;
/** Pictures of a README that are kept. */
const maxPictures = 10;

/** A repository: what it says of itself, and the beginning of its README. */
export async function readRepository(
  address: GithubAddress & { kind: 'repository' },
  ctx: GithubContext,
): Promise<Found> {
  const data = await askApi(`/repos/${idOf(address)}`, ctx);
  const title = cleanLine(data['full_name'], 200);
  if (title === null) throw new BadPayload('GitHub answered a repository without a name');
  const names = namesOf(address, data['html_url']);
  const readme = await readmeOf(names.platform_id, ctx);
  return {
    ...shared,
    ...names,
    content_type: 'repository',
    title,
    description: cleanLine(data['description'], 2_000),
    body_text: plainText(readme.text, maxReadme),
    author: authorOf(data['owner']),
    published_at: parseDate(data['created_at']),
    tags: tagsOf(itemsOf(data['topics'])),
    stats: statsOf({
      like: data['stargazers_count'],
      fork: data['forks_count'],
      issue: data['open_issues_count'],
      watch: data['subscribers_count'],
    }),
    media: picturesIn(readme.text, readme.base).slice(0, maxPictures),
    raw_metadata: rawOf({
      programming_language: cleanLine(data['language'], 100),
      license: cleanLine(memberAt(data, 'license', 'spdx_id'), 100),
      homepage: httpsUrl(data['homepage']),
      archived: data['archived'] === true,
      fork_of: cleanLine(memberAt(data, 'parent', 'full_name'), 200),
      pushed_at: parseDate(data['pushed_at'])?.toISOString() ?? null,
      default_branch: cleanLine(data['default_branch'], 250),
    }),
  };
}

/** The README, and what its relative addresses are below. One in another form than Markdown is read as text all the same. */
async function readmeOf(
  repository: string,
  ctx: GithubContext,
): Promise<{ text: string | null; base: string | undefined }> {
  const { encoding, content, download_url } = (await askIfPossible(`/repos/${repository}/readme`, ctx)) ?? {};
  const text =
    encoding === 'base64' && typeof content === 'string' ? Buffer.from(content, 'base64').toString('utf8') : null;
  return { text, base: httpsUrl(download_url) ?? undefined };
}
