import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const folders = ['*.md', '{docs,ops,k8s,libs,apps,scripts}/**/*.md'];
const pages = globSync(folders, { cwd: root, exclude: (path) => /(?:^|\/)(?:node_modules|dist|data)$/.test(path) });

/** Text without blocks and spans of code, in which a bracket is no link. */
const prose = (text: string) => text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, 'code');

/** Names by which headings can be led to, as GitHub makes them. */
const anchorsOf = (text: string) =>
  new Set(
    [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Links of a page that lead nowhere. */
function deadLinks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join(root, page) : join(root, dirname(page), path);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).has(anchor);
  });
}

describe('documentation', () => {
  it('has no link that leads nowhere', () => {
    expect(pages.length).toBeGreaterThan(60);
    expect(pages.map((page) => [page, deadLinks(page)]).filter(([, dead]) => dead?.length !== 0)).toEqual([]);
  });

  it('is reached from docs/README.md, each page', () => {
    const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
    const ours = globSync('docs/{*,install/*,operate/*}.md', { cwd: root }).map((page) => page.slice('docs/'.length));
    expect(ours.filter((page) => page !== 'README.md' && !index.includes(`](${page})`))).toEqual([]);
  });

  it('tells of each decision on 30 lines at most', () => {
    const notes = globSync('docs/decisions/*.md', { cwd: root });
    const lines = notes.map((note) => [note, readFileSync(join(root, note), 'utf8').trimEnd().split('\n').length]);
    expect(lines.filter(([, count]) => Number(count) > 30)).toEqual([]);
  });
});
