import type { UrlGroup, UrlTable } from './url-table.ts';

/** A feed has no other name than its address; whether it is one, only the answer tells. */
const feed = (url: string, ...inputs: string[]): UrlGroup => ({ type: null, url, id: null, inputs });

/** Addresses that bear a feed's name. */
export const feedUrls: UrlTable = {
  platform: 'feed',
  groups: [
    feed(
      'https://journal.example.com/feed.xml',
      'https://journal.example.com/feed.xml',
      'http://journal.example.com/feed.xml',
      'journal.example.com/feed.xml',
      'https://journal.example.com/feed.xml?utm_source=x#top',
      'our feed: https://journal.example.com/feed.xml.',
    ),
    feed('https://journal.example.com/feed', 'https://journal.example.com/feed'),
    feed('https://journal.example.com/feed/', 'https://journal.example.com/feed/'),
    feed('https://journal.example.com/rss', 'https://journal.example.com/rss', 'HTTP://journal.example.com:80/rss'),
    feed('https://journal.example.com/RSS.xml', 'https://journal.example.com/RSS.xml'),
    feed('https://journal.example.com/atom.xml', 'https://journal.example.com/atom.xml'),
    feed('https://journal.example.com/index.rdf', 'https://journal.example.com/index.rdf'),
    feed('https://journal.example.com/a/comments/feed/rss2/', 'https://journal.example.com/a/comments/feed/rss2/'),
    feed('https://journal.example.com/releases.atom', 'https://journal.example.com/releases.atom'),
    feed('https://journal.example.com/feed.json', 'https://journal.example.com/feed.json'),
    feed('https://journal.example.com/?feed=rss2', 'https://journal.example.com/?feed=rss2'),
    feed('https://nitter.net/harbour_lamps/rss', 'https://nitter.net/harbour_lamps/rss'),
    feed('https://journal.example.com/feeds/posts/default', 'https://journal.example.com/feeds/posts/default'),
  ],
  web: [
    'https://journal.example.com/feedback',
    'https://journal.example.com/feed/the-birds',
    'https://journal.example.com/rss-explained',
    'https://journal.example.com/sitemap.xml',
    'https://journal.example.com/data.json',
    'https://journal.example.com/index.json',
    'https://journal.example.com/atom/carbon',
    'https://journal.example.com/a?feed=no',
    'https://feed.example.com/',
    'https://rss.com.example.com/about',
    'https://atom.example.com/x.xml',
  ],
};
