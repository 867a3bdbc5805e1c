import type { ParsedContent } from '@vaultstream/contracts';
import { httpsUrl } from '../clean/http-url.ts';
import { membersOf } from '../clean/json.ts';
import { cleanLine } from '../clean/text.ts';
import { isHostOf } from '../url/hosts.ts';
import { addressOf, idOf, urlOf, type GithubAddress } from './github-address.ts';

export type Data = Readonly<Record<string, unknown>>;

/** A content but for the version of the parser. */
export type Found = Omit<ParsedContent, 'parser_version'>;

/** What all kinds of things of GitHub have in common. */
export const shared = { description: null, site_name: 'GitHub', language: null, is_nsfw: false } as const;

/** A user or an organisation; null for somebody who is gone. */
export function authorOf(value: unknown): Found['author'] {
  const { login, avatar_url } = membersOf(value);
  const name = /^[\w-]{1,60}(?:\[bot\])?$/.exec(cleanLine(login, 80) ?? '')?.[0] ?? null;
  if (name === null) return null;
  const avatar = httpsUrl(avatar_url);
  const ours = avatar !== null && isHostOf(new URL(avatar).hostname, ['githubusercontent.com', 'github.com']);
  return {
    id: name,
    name,
    url: `https://github.com/${name.replace(/^(.*)\[bot\]$/, 'apps/$1')}`,
    avatar_url: ours ? avatar : null,
  };
}

/** What the thing is called now, by the address in the answer: a repository may have got another name, an issue may be a pull request. */
export function namesOf(asked: GithubAddress, address: unknown): { platform_id: string; canonical_url: string } {
  const url = URL.parse(httpsUrl(address) ?? '');
  const found = (url && addressOf(url)) ?? asked;
  const named = kindsOf(asked).includes(found.kind) ? found : asked;
  return { platform_id: idOf(named), canonical_url: urlOf(named) };
}

function kindsOf({ kind }: GithubAddress): readonly string[] {
  return kind === 'issue' || kind === 'pull_request' ? ['issue', 'pull_request'] : [kind];
}
