import { BadPayload, maxBodyText } from '@vaultstream/contracts';
import { joined, rawOf, statsOf, titleFrom } from '../clean/content-fields.ts';
import { cleanCount } from '../clean/counts.ts';
import { parseDate } from '../clean/dates.ts';
import { itemsOf, membersOf } from '../clean/json.ts';
import { cleanLine, cleanParagraphs } from '../clean/text.ts';
import { askApi, type GithubContext } from './api.ts';
import { authorOf, shared, type Data, type Found } from './fields.ts';
import { idOf, urlOf, type GithubAddress } from './github-address.ts';
import { picturesIn } from './markdown.ts';

/** Files of a gist that are read; the API tells 300. */
const maxFiles = 300;

/** A gist: all of its files, one below the other. */
export async function readGist(address: GithubAddress & { kind: 'gist' }, ctx: GithubContext): Promise<Found> {
  const data = await askApi(`/gists/${address.id}`, ctx);
  const files = Object.values(membersOf(data['files'])).slice(0, maxFiles).map(membersOf);
  const [first] = files;
  if (first === undefined) throw new BadPayload('GitHub answered a gist without a file');
  return {
    ...shared,
    platform_id: idOf(address),
    canonical_url: urlOf(address),
    content_type: 'gist',
    title: titleFrom(cleanParagraphs(data['description'], 2_000)) ?? cleanLine(first['filename'], 300),
    description: cleanParagraphs(data['description'], 20_000),
    body_text: cleanParagraphs(joined(files.map(textOf)), maxBodyText),
    author: authorOf(data['owner']),
    published_at: parseDate(data['created_at']),
    tags: [],
    stats: statsOf({ comment: data['comments'], fork: forksOf(data) }),
    media: files
      .filter(isMarkdown)
      .flatMap((file) => picturesIn(file['content']))
      .slice(0, 100),
    raw_metadata: rawOf({
      public: data['public'] === true,
      updated_at: parseDate(data['updated_at'])?.toISOString() ?? null,
      files: files.map((file) => ({
        name: cleanLine(file['filename'], 300),
        language: cleanLine(file['language'], 100),
        bytes: cleanCount(file['size']),
        truncated: file['truncated'] === true,
      })),
    }),
  };
}

/** A file below its name, as it is: line breaks and indents are part of it. */
function textOf(file: Data): string {
  const text = typeof file['content'] === 'string' ? file['content'].slice(0, maxBodyText) : null;
  return joined([cleanLine(file['filename'], 300), text], '\n');
}

function isMarkdown(file: Data): boolean {
  return file['language'] === 'Markdown';
}

function forksOf(data: Data): number | undefined {
  return Array.isArray(data['forks']) ? itemsOf(data['forks']).length : undefined;
}
