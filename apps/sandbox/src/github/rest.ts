import { json, type Answer } from '../server/service.ts';
import { gist, refusals, releases, repositories, threads, users } from './things.ts';
import type { FakeRepository, FakeThread, FakeUser } from './things.ts';

export const api = 'https://api.github.com';
const site = 'https://github.com';
const [created, updated] = ['2026-03-02T06:15:00Z', '2026-03-03T06:15:00Z'];

/** The REST API (https://docs.github.com/en/rest): one repository, issue, release or gist by its path. */
export function rest(path: string): Answer {
  const [, kind, first = '', second = '', ...rest] = path.split('/');
  if (kind === 'gists') return first === gist.id ? json(gistData()) : missing();
  if (kind === 'repositories')
    return inRepository(
      repositories.find(({ id }) => String(id) === first),
      [second, ...rest],
    );
  if (kind !== 'repos') return missing();
  const name = second.toLowerCase();
  const refusal = Object.hasOwn(refusals, name) ? refusals[name] : undefined;
  if (refusal) return json({ message: refusal.message }, refusal.status);
  if (first.toLowerCase() !== users.lamps.login) return missing();
  const renamed = repositories.find(({ once }) => once === name);
  if (renamed) {
    const location = [`${api}/repositories/${renamed.id}`, ...rest].join('/');
    return json({ message: 'Moved Permanently', url: location }, 301, { location });
  }
  return inRepository(
    repositories.find((each) => each.name === name),
    rest,
  );
}

function inRepository(repository: FakeRepository | undefined, parts: readonly string[]): Answer {
  const [section = '', first = '', second = ''] = parts;
  if (!repository) return missing();
  if (section === '') return json(repositoryData(repository));
  if (section === 'readme')
    return repository.readme === undefined ? missing() : json(readmeData(repository, repository.readme));
  if (repository.id !== 1) return missing();
  const thread = threads.find(({ number }) => section === 'issues' && String(number) === first);
  if (thread) return json(threadData(repository, thread));
  return section === 'releases' && first === 'tags' ? release(repository, decodeURIComponent(second)) : missing();
}

const missing = (): Answer =>
  json({ message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' }, 404);

const userData = ({ login, id, type }: FakeUser): object => ({
  ...{ login, id, type, html_url: `${site}/${login}` },
  avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
});

const pageOf = ({ name }: FakeRepository): string => `${site}/${users.lamps.login}/${name}`;

function repositoryData(repository: FakeRepository): object {
  const { id, name, description, topics, stars } = repository;
  return {
    ...{ id, name, full_name: `${users.lamps.login}/${name}`, private: false, owner: userData(users.lamps) },
    ...{ html_url: pageOf(repository), description, topics, homepage: '', language: 'TypeScript', fork: false },
    ...{ stargazers_count: stars, watchers_count: stars, subscribers_count: 12, forks_count: 34, open_issues_count: 5 },
    ...{ license: { key: 'mit', name: 'MIT License', spdx_id: 'MIT' }, default_branch: 'main', archived: false },
    ...{ created_at: created, updated_at: updated, pushed_at: updated },
  };
}

function readmeData({ name }: FakeRepository, text: string): object {
  const content = Buffer.from(text).toString('base64').replace(/.{60}/g, '$&\n');
  const download_url = `https://raw.githubusercontent.com/${users.lamps.login}/${name}/main/README.md`;
  return { name: 'README.md', path: 'README.md', encoding: 'base64', content, download_url };
}

/** Both kinds are counted together and answered as issues. */
function threadData(repository: FakeRepository, thread: FakeThread): object {
  const { number, title, body, by, labels, state, pull = false } = thread;
  const html_url = `${pageOf(repository)}/${pull ? 'pull' : 'issues'}/${number}`;
  return {
    ...{ number, title, body, state, html_url, user: by && userData(by), locked: false, comments: 4 },
    ...{ labels: labels.map((name, id) => ({ id, name, color: 'ff8800' })), reactions: { total_count: 7 } },
    ...{ created_at: created, updated_at: updated, closed_at: state === 'closed' ? updated : null },
    ...(pull ? { pull_request: { html_url, merged_at: updated } } : {}),
  };
}

function release(repository: FakeRepository, tag: string): Answer {
  const given = releases.get(tag);
  if (!given) return missing();
  const html_url = `${pageOf(repository)}/releases/tag/${encodeURIComponent(tag)}`;
  const asset = { name: 'lamps.tgz', size: 1_024, download_count: 42, browser_download_url: `${pageOf(repository)}/x` };
  const times = { created_at: created, published_at: created };
  return json({
    ...given,
    ...times,
    tag_name: tag,
    html_url,
    author: userData(users.mara),
    assets: [asset],
    prerelease: false,
  });
}

function gistData(): object {
  const { id, description, files } = gist;
  return {
    ...{ id, description, public: true, owner: userData(users.mara), comments: 2, forks: [] },
    ...{ html_url: `https://gist.github.com/${users.mara.login}/${id}`, created_at: created, updated_at: updated },
    files: Object.fromEntries(
      files.map((file) => [file.filename, { ...file, size: file.content.length, truncated: false }]),
    ),
  };
}
