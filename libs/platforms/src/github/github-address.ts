import { trimOf } from '../clean/trim.ts';
import { isPlainUrl } from '../url/plain.ts';
import { normalizePercent } from '../url/percent.ts';
import { reservedNames } from './reserved.ts';

/** Everything that is GitHub's and can name a thing that we read: each with its subdomains. */
export const githubHosts = ['github.com'] as const;

const ownerForm = /^[a-z\d](?:[a-z\d-]{0,38})$/i;
const repoForm = /^(?!\.{1,2}$)[\w.-]{1,100}$/;
const numberForm = /^[1-9]\d{0,9}$/;
const gistForm = /^(?:[\da-f]{20}|[\da-f]{32})$/i;
const maxTag = 250;

/** What an address of GitHub is. Names are in lower case, since GitHub takes them in any. */
export type GithubAddress =
  | { kind: 'repository'; owner: string; repo: string }
  /** Issues and pull requests are counted together. */
  | { kind: 'issue' | 'pull_request'; owner: string; repo: string; number: string }
  | { kind: 'release'; owner: string; repo: string; tag: string }
  | { kind: 'gist'; id: string };

/** Takes an address of GitHub apart; null for files, lists, discussions, people and everything else that is not read. */
export function addressOf(url: URL): GithubAddress | null {
  if (!isPlainUrl(url)) return null;
  const host = url.hostname.replace(/\.$/, '');
  const parts = normalizePercent(url.pathname)
    .split('/')
    .filter((part) => part !== '');
  if (host === 'gist.github.com') return gistIn(parts);
  if (host === 'api.github.com') return inApi(parts);
  return host === 'github.com' || host === 'www.github.com' ? inRepository(parts) : null;
}

/** The one spelling of it. */
export function urlOf(address: GithubAddress): string {
  if (address.kind === 'gist') return `https://gist.github.com/${address.id}`;
  const repository = `https://github.com/${address.owner}/${address.repo}`;
  switch (address.kind) {
    case 'repository':
      return repository;
    case 'release':
      return `${repository}/releases/tag/${normalizePercent(encodeURIComponent(address.tag))}`;
    default:
      return `${repository}/${address.kind === 'issue' ? 'issues' : 'pull'}/${address.number}`;
  }
}

/** Our name of it. An issue that turns out to be a pull request keeps it. */
export function idOf(address: GithubAddress): string {
  if (address.kind === 'gist') return address.id;
  const repository = `${address.owner}/${address.repo}`;
  if (address.kind === 'repository') return repository;
  return address.kind === 'release' ? `${repository}@${address.tag}` : `${repository}#${address.number}`;
}

/** The web address that a line for `git clone` stands for, such as `git@github.com:owner/repo.git`; null for another text. */
export function fromCloneLine(text: string): URL | null {
  const [, path] =
    /^(?:git clone )?(?:(?:git\+)?ssh:\/\/git@github\.com(?::22)?\/|git@github\.com:|git:\/\/github\.com\/)([\w.-]+\/[\w.-]+?)\/?$/i.exec(
      text.trim(),
    ) ?? [];
  const url = path === undefined ? null : URL.parse(`https://github.com/${path}`);
  return url && addressOf(url) ? url : null;
}

function inRepository([owner = '', name = '', section = '', ...rest]: readonly string[]): GithubAddress | null {
  const repo = name.replace(/\.git$/i, '');
  if (!ownerForm.test(owner) || !repoForm.test(repo) || reservedNames.has(owner.toLowerCase())) return null;
  const base = { owner: owner.toLowerCase(), repo: repo.toLowerCase() };
  const [first = ''] = rest;
  switch (section.toLowerCase()) {
    case '':
      return { kind: 'repository', ...base };
    case 'issues':
      return rest.length === 1 && numberForm.test(first) ? { kind: 'issue', ...base, number: first } : null;
    case 'pull':
      return numberForm.test(first) ? { kind: 'pull_request', ...base, number: first } : null;
    case 'releases':
      return first === 'tag' ? release(base, rest.slice(1)) : null;
    default:
      return null;
  }
}

/** The API's own addresses, which its answers are full of. */
function inApi([first = '', ...rest]: readonly string[]): GithubAddress | null {
  if (first === 'gists') return rest.length === 1 ? gistIn(['api', ...rest]) : null;
  if (first !== 'repos') return null;
  const [owner = '', repo = '', section = '', ...more] = rest;
  if (section === 'releases')
    return more[0] === 'tags' ? inRepository([owner, repo, section, 'tag', ...more.slice(1)]) : null;
  return inRepository([owner, repo, section === 'pulls' ? 'pull' : section, ...more.slice(0, 1)]);
}

/** A tag may hold slashes, which addresses write in both ways. */
function release(base: { owner: string; repo: string }, parts: readonly string[]): GithubAddress | null {
  const tag = decoded(parts.join('/'));
  const fits = tag !== null && tag !== '' && tag.length <= maxTag && !/[\p{Cc}\s~^:?*[\\]/u.test(tag);
  return fits ? { kind: 'release', ...base, tag } : null;
}

/** With or without its author's name. Those from before 2013 are called by a number, which could be a name as well: web reads them. */
function gistIn([first = '', second = '']: readonly string[]): GithubAddress | null {
  const [alone, below] = [first, second].map((part) => part.replace(/\.git$/i, '').toLowerCase());
  if (alone !== undefined && gistForm.test(alone)) return { kind: 'gist', id: alone };
  return below !== undefined && ownerForm.test(first) && gistForm.test(below) ? { kind: 'gist', id: below } : null;
}

function decoded(text: string): string | null {
  try {
    return trimOf(decodeURIComponent(text), /\//).replace(/\/{2,}/g, '/');
  } catch {
    return null;
  }
}
