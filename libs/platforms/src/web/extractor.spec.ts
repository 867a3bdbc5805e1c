import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { forkChild } from '@vaultstream/runtime/async';
import { assertLinear } from '@vaultstream/testing';
import { discoverFeeds } from '../feed/discover-feeds.ts';
import { createExtractor, readerKind, type Extractor, type ExtractorOptions } from './extractor.ts';

const url = 'https://example.com/';
const page = '<html><head><title>Still alive</title></head><body><p>yes</p></body></html>';
/** Opens far too many elements in each other: seconds of work for any DOM. */
const endless = '<div>'.repeat(900_000);
const open: Extractor[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((extractor) => extractor.close()))));

function extractorWith(options: ExtractorOptions = {}): Extractor {
  const extractor = createExtractor(options);
  open.push(extractor);
  return extractor;
}

describe('S18: hostile pages are read or given up, and the next page is read', () => {
  const hostile: Record<string, string> = {
    'nested divs': endless,
    'a million attributes': `<body><p ${Array.from({ length: 900_000 }, (_, index) => index.toString(36)).join(' ')}>`,
    'an entity flood': `<p>${'&lt;'.repeat(1_200_000)}`,
    'a huge title': `<head><title>${'x'.repeat(5_000_000)}</title></head><body>`,
    NUL: `<title>a\0b</title><p>${'\0'.repeat(4_000_000)}`,
    'blank runs': `<title>${' '.repeat(2_000_000)}x</title><div class="byline">${'by '.repeat(300_000)}</div><meta name="description" content="${'<a '.repeat(300_000)}">`,
    'ambiguous dates': `<meta name="date" content="${'1'.repeat(190)} "><time datetime="${'2026-'.repeat(400_000)}">`,
    'JSON-LD, 100,000 deep': `<title>d</title><script type="application/ld+json">${'{"@type":"Article","author":'.repeat(100_000)}1${'}'.repeat(100_000)}</script>`,
    'JSON-LD, cut and full of commas': `<title>d</title><script type="application/ld+json">{${',    '.repeat(800_000)}</script>`,
    'JSON-LD in circles': `<title>d</title><script type="application/ld+json">{"@id":"a","@type":"Article","author":{"@id":"a"},"publisher":{"@id":"a"}}</script>`,
    'comments never closed': '<!--'.repeat(1_000_000),
    'a srcset of 300,000': `<article><p>text</p><img srcset="${'a.jpg 1w,'.repeat(300_000)}"></article>`,
  };

  it.each(Object.keys(hostile))(
    '%s',
    async (name) => {
      const extractor = extractorWith({ timeoutMs: 3_000, wallMs: 50_000, memoryMb: 256 });
      const outcome = await extractor.extract(hostile[name] ?? '', url).then(
        () => 'read',
        (error: unknown) => (error instanceof Error ? error.name : 'no error'),
      );
      expect(['read', 'BadPayload']).toContain(outcome);
      await expect(extractor.extract(page, url)).resolves.toMatchObject({ title: 'Still alive' });
    },
    60_000,
  );

  it('JSON-LD with prototype keys changes no prototype and is not kept', async () => {
    const ld =
      '{"__proto__":{"polluted":1},"@type":"Article","headline":"h","constructor":{"prototype":{"polluted":1}},"author":{"__proto__":{"name":"evil"}}}';
    const read = await extractorWith().extract(`<script type="application/ld+json">${ld}</script>`, url);
    expect(read).toMatchObject({ title: 'h', author: null });
    expect(JSON.stringify(read.raw)).not.toContain('polluted');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('refuses a page beyond the limit without a child', async () => {
    await expect(extractorWith({ maxInput: 10 }).extract(page, url)).rejects.toMatchObject({ name: 'BadPayload' });
  });
});

describe('the reader', () => {
  it('gives up one page by time and reads those that waited behind it', async () => {
    const extractor = extractorWith({ timeoutMs: 1_500, wallMs: 30_000 });
    const [stuck, ...others] = await Promise.allSettled([
      extractor.extract(endless, url),
      extractor.extract(page, url),
      extractor.extract(page, url),
    ]);
    expect(stuck).toMatchObject({ status: 'rejected', reason: { name: 'BadPayload' } });
    for (const other of others) expect(other).toMatchObject({ status: 'fulfilled', value: { title: 'Still alive' } });
  }, 30_000);

  it('a page for which the machine had no time is no bad page: it is tried again', async () => {
    const busy = extractorWith({ wallMs: 300 }).extract(endless, url);
    await expect(busy).rejects.toMatchObject({ name: 'Overloaded', disposition: 'retry' });
  }, 30_000);

  it('M6: all names below one domain are one site', async () => {
    const reader = extractorWith({ size: 1 });
    const order: string[] = [];
    const read = (host: string) =>
      reader.extract(page, `https://${host}/`, { onStart: () => void order.push(host.at(0) ?? '') });
    await Promise.all(['a.evil.example', 'b.evil.example', 'c.evil.example', 'x.github.io', 'y.github.io'].map(read));
    expect(order.join('')).toBe('axybc');
  }, 30_000);

  it('stops when aborted: before, while waiting and in the middle', async () => {
    const extractor = extractorWith();
    await expect(extractor.extract(page, url, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
    const [middle, waiting] = [new AbortController(), new AbortController()];
    const running = extractor.extract(endless, url, { signal: middle.signal });
    const queued = extractor.extract(page, url, { signal: waiting.signal });
    const last = extractor.extract(page, url);
    waiting.abort(new Error('waiting'));
    await expect(queued).rejects.toThrow('waiting');
    middle.abort(new Error('middle'));
    await expect(running).rejects.toThrow('middle');
    await expect(last).resolves.toMatchObject({ title: 'Still alive' });
  }, 30_000);

  it('says so when no child can start', async () => {
    await expect(extractorWith({ memoryMb: 1 }).extract(page, url)).rejects.toMatchObject({
      name: 'InfrastructureError',
    });
  }, 30_000);

  it('is closed for good', async () => {
    const extractor = createExtractor();
    const running = extractor.extract(endless, url);
    const outcome = expect(running).rejects.toMatchObject({ name: 'InfrastructureError' });
    await extractor.close();
    await outcome;
    await expect(extractor.extract(page, url)).rejects.toMatchObject({ name: 'InfrastructureError' });
  });
});

describe('the child', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;

  onLinux('has no environment of ours', async () => {
    const { child } = await started(5_000);
    const environment = readFileSync(`/proc/${child.pid}/environ`, 'latin1').split('\0');
    child.kill('SIGKILL');
    expect(
      environment
        .map((entry) => entry.split('=')[0])
        .filter((name) => name !== '' && !name?.startsWith('NODE_CHANNEL')),
    ).toEqual([]);
  });

  it('ends with its host, even in the middle of an endless page', async () => {
    const { child, ended } = await started(1_000);
    child.send({ id: 1, request: { what: 'page', text: endless, url } });
    child.disconnect();
    // By itself when it is through, or by the limit from within: nobody else is left to end it.
    expect(await ended).toEqual([null, 'SIGKILL']);
  }, 30_000);

  it('does not keep its host alive', async () => {
    const script = `import { createExtractor } from ${JSON.stringify(new URL('./extractor.ts', import.meta.url).href)};
      const page = await createExtractor().extract(${JSON.stringify(page)}, ${JSON.stringify(url)}); console.log(page.title);`;
    const host = spawn(
      process.execPath,
      ['--experimental-transform-types', '--conditions=source', '--input-type=module', '-e', script],
      {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {},
      },
    );
    const output: string[] = [];
    host.stdout.on('data', (text: Buffer) => output.push(text.toString()));
    const [code] = await once(host, 'close');
    expect([code, output.join('').trim()]).toEqual([0, 'Still alive']);
  }, 30_000);
});

async function started(wallMs: number) {
  const kind = readerKind({ memoryMb: 256 });
  const child = forkChild({ ...kind, limits: { ...kind.limits, wallMs } });
  const ended = once(child, 'exit');
  expect(await once(child, 'message')).toMatchObject([{ kind: 'ready' }, undefined]);
  return { child, ended };
}

describe('feeds in the child', () => {
  const feed = (author: string) =>
    `<rss version="2.0"><channel><title>Lamps</title><item><guid>1</guid><author>${author}</author><pubDate>Sat, 03 Jan 2026 02:37:01 GMT</pubDate></item></channel></rss>`;

  it('are read, dates and all, and say what they are not', async () => {
    const reader = extractorWith();
    const { title, entries } = await reader.readFeed(feed('Mara'), url);
    expect(title).toBe('Lamps');
    expect(entries[0]).toMatchObject({ author: 'Mara', published: new Date('2026-01-03T02:37:01Z') });
    await expect(reader.readFeed('nothing', url)).rejects.toMatchObject({
      name: 'BadPayload',
      message: 'this is no feed, or a broken one',
    });
    const named = '<link rel=alternate type="application/rss+xml" href="/rss.xml">';
    expect(await reader.discoverFeeds(named, url)).toEqual(['https://example.com/rss.xml']);
  });

  it('H2: a feed that takes the square of its length stops nobody', async () => {
    const reader = extractorWith({ timeoutMs: 1_500, wallMs: 30_000 });
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const hostile = reader.readFeed(feed('('.repeat(80_000)), url);
    const innocent = reader.readFeed(feed('Mara'), 'https://other.example.com/');
    await expect(hostile).rejects.toMatchObject({ name: 'BadPayload' });
    await expect(innocent).resolves.toMatchObject({ title: 'Lamps' });
    delay.disable();
    // Nanoseconds, on a machine that may be busy: the feed alone takes ten seconds and more where nothing bounds it.
    expect(delay.max).toBeLessThan(1e9);
  }, 30_000);

  it('H3: looks for named feeds in time that grows with the page', () => {
    for (const [open, close] of [
      ['<a>', '</x>'],
      ['<b>', '</p>'],
      ['<svg><p>', '</p>'],
    ] as const) {
      const shape = (size: number) => open.repeat(size / 2 / open.length) + close.repeat(size / 2 / close.length);
      assertLinear((html) => discoverFeeds(html, url), shape, 1_000_000, { maxMs: 250 });
    }
  });
});
