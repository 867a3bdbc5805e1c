import type { ContentView, MediaView } from '@vaultstream/contracts';

/** A picture as the API shows it, with addresses of a given length. */
export function mediaView(position: number, urlLength = 60): MediaView {
  const filler = 'x'.repeat(Math.max(0, urlLength - 30));
  return {
    id: `0199f0a0-0000-7000-8000-${String(position).padStart(12, '0')}`,
    position,
    kind: 'image',
    role: 'content',
    origin_url: `https://example.org/${position}/${filler}`,
    status: 'stored',
    stored_key: `blobs/sha256/aa/bb/${'a'.repeat(64)}.webp`,
    stored_url: `https://vault.example.org/media/${filler}`,
    sha256: 'a'.repeat(64),
    mime: 'image/webp',
    size: 12_345,
    width: 640,
    height: 480,
    variants: {},
    error: null,
  };
}

/** A small content; `more` replaces members. */
export function contentView(more: Partial<ContentView> = {}): ContentView {
  return {
    id: 7,
    platform: 'web',
    platform_id: null,
    content_type: 'article',
    url: 'https://example.org/a?utm_source=x',
    canonical_url: 'https://example.org/a',
    status: 'PULLED',
    archive_status: 'ready',
    title: 'A title',
    description: 'A description',
    body_text: 'A text',
    author: { id: '1', name: 'Ann', url: 'https://example.org/ann', avatar_url: null },
    site_name: 'Example',
    language: 'en',
    cover: mediaView(0),
    tags: ['one', 'two'],
    is_nsfw: false,
    note: 'a private note',
    stats: { view: 3 },
    published_at: '2026-01-02T03:04:05.000Z',
    media: [mediaView(0), mediaView(1)],
    failure_count: 0,
    last_error: null,
    last_error_type: null,
    last_error_detail: null,
    last_error_at: null,
    parser_version: 1,
    created_at: '2026-01-03T03:04:05.000Z',
    updated_at: '2026-01-03T03:04:05.000Z',
    sources: [
      {
        source: 'bot',
        tags: [],
        note: 'whispered',
        client_context: { chat: 'secret' },
        created_at: '2026-01-03T03:04:05.000Z',
      },
    ],
    raw_metadata: { internal: true },
    ...more,
  };
}

/** As full as the schema allows: every text at its limit, in a script of three bytes a character, with many pictures. */
export function hugeContentView(urlLength = 8_000): ContentView {
  const url = `https://example.org/${'u'.repeat(urlLength)}`;
  return contentView({
    url,
    canonical_url: url,
    platform_id: 'p'.repeat(1_024),
    title: '字'.repeat(2_000),
    description: '字'.repeat(20_000),
    body_text: '🦊'.repeat(100_000),
    author: { id: 'i'.repeat(200), name: '字'.repeat(200), url, avatar_url: url },
    site_name: '字'.repeat(200),
    cover: mediaView(0, urlLength),
    tags: Array.from({ length: 100 }, (_, index) => `${'字'.repeat(95)}${index}`),
    stats: Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${'s'.repeat(40)}${index}`, 1e300])),
    media: Array.from({ length: 1_000 }, (_, index) => mediaView(index, urlLength)),
  });
}
