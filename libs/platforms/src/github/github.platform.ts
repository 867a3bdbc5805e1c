import { Unsupported, type Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import type { GithubContext } from './api.ts';
import type { Found } from './fields.ts';
import { readGist } from './gist.ts';
import { addressOf, fromCloneLine, githubHosts, idOf, urlOf, type GithubAddress } from './github-address.ts';
import { readRelease } from './release.ts';
import { readRepository } from './repository.ts';
import { githubSettings, type GithubSettings } from './settings.ts';
import { readThread } from './thread.ts';

const parserVersion = 1;

/** GitHub: repositories, issues, pull requests, releases and gists, through its REST API. */
export const github: Platform<GithubSettings> = {
  id: 'github',
  hosts: githubHosts,
  contentTypes: ['repository', 'issue', 'pull_request', 'release', 'gist'],
  example: 'https://github.com/harbour-lamps/lamp-keeper',
  parserVersion,
  settings: githubSettings,
  notes: [
    'Files, commits, lists, discussions, wikis, projects and people are pages for web; so is /releases/latest, which moves.',
    'Names are kept in lower case, in which GitHub finds them too. One that has changed is learnt from the answer.',
    'Issues and pull requests have one count: both are asked for as issues, and one shared as the other is merged.',
    'Without a token 60 questions an hour and address of the net, a repository takes two; then RateLimited until the hour is over.',
    'The token goes to api.github.com only, and never along a redirect out of it.',
    'A README is kept as its beginning without pictures that tell a state; comments of issues are not read, files of releases not fetched.',
  ],

  canonicalize(url: URL): Canonical | null {
    const address = addressOf(url);
    if (address === null) return null;
    return { platform: 'github', url: urlOf(address), platformId: idOf(address), contentType: address.kind };
  },

  fromBareId: fromCloneLine,

  async parse({ canonical }, ctx) {
    const address = addressOf(new URL(canonical.url));
    if (address === null) throw new Unsupported('this kind of address is not read by this platform');
    return { ...(await read(address, ctx)), parser_version: parserVersion };
  },
};

function read(address: GithubAddress, ctx: GithubContext): Promise<Found> {
  switch (address.kind) {
    case 'repository':
      return readRepository(address, ctx);
    case 'release':
      return readRelease(address, ctx);
    case 'gist':
      return readGist(address, ctx);
    default:
      return readThread({ ...address, kind: address.kind }, ctx);
  }
}
