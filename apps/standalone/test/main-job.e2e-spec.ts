import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { newDataDir } from './support/data-dir.ts';
import { Product } from './support/product.ts';
import { Receiver } from './support/receiver.ts';
import { Site } from './support/site.ts';

/** The main job on one machine, on the built product: share, keep, find again, pass on. */
describe('the main job', () => {
  const dataDir = newDataDir();
  let site: Site;
  let receiver: Receiver;
  let product: Product;
  let targetId = '';

  beforeAll(async () => {
    [site, receiver] = await Promise.all([Site.start(), Receiver.start()]);
    product = await Product.start({
      dataDir,
      env: { FETCH_HOST_OVERRIDES: `${Site.host}=${site.baseUrl},hooks.example.com=${receiver.baseUrl}` },
    });
    const target = await product.call('POST', '/api/v1/targets', {
      kind: 'webhook',
      name: 'Example hook',
      address: { url: 'https://hooks.example.com/vault' },
    });
    expect(target.status).toBe(201);
    receiver.secret = target.body.secret;
    targetId = target.body.id;
    const rule = await product.call('POST', '/api/v1/rules', {
      name: 'harbour goes out',
      match: { tags_any: ['harbour'] },
      target_ids: [targetId],
    });
    expect(rule.status).toBe(201);
  }, 120_000);

  afterAll(async () => {
    // Also after a start that failed: what is left open would keep the runner alive.
    await Promise.allSettled([site.stop(), receiver.stop(), product.stop()]);
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const settled = (id: number) =>
    eventually(
      async () => {
        const { body } = await product.call('GET', `/api/v1/contents/${id}`);
        expect(body).toMatchObject({ status: 'PULLED', archive_status: 'ready' });
        return body;
      },
      { timeoutMs: 30_000 },
    );

  it('keeps a page with its pictures and pushes it once, signed; one request id and one trace id lead through all of it', async () => {
    const requestId = 'e2e-main-job-1';
    const shared = await product.call(
      'POST',
      '/api/v1/shares',
      { url: site.url(1), tags: ['harbour'], source: 'e2e', note: 'read this' },
      { 'x-request-id': requestId },
    );
    expect(shared.status).toBe(201);
    expect(shared.headers.get('x-request-id')).toBe(requestId);
    expect(shared.body).toMatchObject({
      status: 'UNPROCESSED',
      platform: 'web',
      canonical_url: site.url(1),
      created: true,
    });
    const id = shared.body.content_id as number;

    const content = await settled(id);
    expect(content).toMatchObject({
      title: 'Article 1: lamps at noon',
      author: { name: 'Ada Example' },
      site_name: 'Example News',
      language: 'en',
      published_at: '2026-01-02T03:04:05.000Z',
      description: 'What happened at the harbour, part 1.',
      sources: [{ source: 'e2e', tags: ['harbour'], note: 'read this' }],
    });
    expect(content.tags).toEqual(expect.arrayContaining(['harbour', 'lamps']));
    expect(content.body_text).toContain('the ferries lay at their moorings');

    const pictures = content.media as {
      role: string;
      status: string;
      stored_key: string;
      sha256: string;
      stored_url: string;
      mime: string;
    }[];
    expect(pictures.length).toBe(2);
    for (const picture of pictures) {
      expect(picture.status).toBe('stored');
      expect(picture.stored_key).toBe(
        `blobs/sha256/${picture.sha256.slice(0, 2)}/${picture.sha256.slice(2, 4)}/${picture.sha256}.webp`,
      );
      // The link works without a token, and the bytes are what the name says.
      const stored = await fetch(new URL(picture.stored_url, product.url));
      expect(stored.status).toBe(200);
      expect(stored.headers.get('content-type')).toBe('image/webp');
      const bytes = Buffer.from(await stored.arrayBuffer());
      const { createHash } = await import('node:crypto');
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(picture.sha256);
    }

    await eventually(() => {
      expect(receiver.received.filter((call) => call.contentId === id)).toHaveLength(1);
    });
    expect(receiver.refused).toBe(0);
    const deliveries = await eventually(async () => {
      const { body } = await product.call('GET', `/api/v1/deliveries?content_id=${id}`);
      expect(body.items).toMatchObject([{ status: 'sent', target_id: targetId, parts: [{ status: 'sent' }] }]);
      return body.items;
    });
    expect(receiver.received.find((call) => call.contentId === id)?.id).toContain(deliveries[0].parts[0].id);

    // One request id, one trace id: the request's own line and each task's.
    const lines = product.logs.filter((line) => line.request_id === requestId);
    expect(new Set(lines.map((line) => line.trace_id)).size).toBe(1);
    expect(lines.find((line) => line.name === 'http.request')).toMatchObject({ content_id: id, status: 201 });
    const runs = lines.filter((line) => line.name === 'task.run').map((line) => line['task']);
    expect(new Set(runs)).toEqual(new Set(['content.parse', 'media.archive', 'delivery.plan', 'delivery.send']));
    for (const line of lines.filter((entry) => entry.name === 'task.run'))
      expect(line).toMatchObject({ content_id: id, outcome: 'done', task_id: expect.any(String) });
  }, 60_000);

  it('finds it again by a word of its text, its tag and its author', async () => {
    for (const query of ['q=moorings', 'q=LAMPS%20noon', 'tag=harbour', 'author=Ada%20Example', 'source=e2e']) {
      const { body } = await product.call('GET', `/api/v1/contents?${query}`);
      expect(body.items.map((item: { title: string }) => item.title)).toContain('Article 1: lamps at noon');
    }
    const nothing = await product.call('GET', '/api/v1/contents?q=submarine');
    expect(nothing.body.items).toEqual([]);
  });

  it('J23: fifty people share ten spellings of one page at once: one content, one fetch, fifty sources', async () => {
    const page = `https://${Site.host}/articles/77`;
    const spellings = [
      page,
      `http://${Site.host}/articles/77`,
      `https://NEWS.Example.COM/articles/77`,
      `${page}#comments`,
      `${page}?utm_source=feed&utm_medium=rss`,
      `${page}?fbclid=abc123`,
      `https://${Site.host}:443/articles/77`,
      `https://${Site.host}/articles/./77`,
      `${Site.host}/articles/77`,
      `look at this: ${page}?gclid=1, it is good`,
    ];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        product.call('POST', '/api/v1/shares', { url: spellings[index % spellings.length], source: `person ${index}` }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array<number>(49).fill(200), 201]);
    expect(new Set(answers.map((answer) => answer.body.content_id)).size).toBe(1);
    const content = await settled(answers[0]?.body.content_id as number);
    expect(content.sources).toHaveLength(50);
    expect(site.hits.get('/articles/77')).toBe(1);
  }, 60_000);

  it('stores a picture that two pages share once', async () => {
    const ids: number[] = [];
    for (const article of [21, 24]) {
      const { body } = await product.call('POST', '/api/v1/shares', { url: site.url(article) });
      ids.push(body.content_id as number);
    }
    const contents = await Promise.all(ids.map(settled));
    const shared = contents.map(
      (content) =>
        (content.media as { origin_url: string; stored_key: string }[]).find((item) =>
          item.origin_url.endsWith('/pictures/1'),
        )?.stored_key,
    );
    expect(shared[0]).toBeDefined();
    expect(shared[0]).toBe(shared[1]);
  }, 60_000);

  it('a page that is gone fails at once, with its reason, in the dead-letter list', async () => {
    const { body } = await product.call('POST', '/api/v1/shares', { url: `https://${Site.host}/missing/1` });
    const failed = await eventually(async () => {
      const answer = await product.call('GET', `/api/v1/contents/${body.content_id}`);
      expect(answer.body.status).toBe('FAILED');
      return answer.body;
    });
    expect(failed).toMatchObject({
      failure_count: 1,
      last_error_type: 'NotFound',
      last_error_detail: { attempts: [expect.anything()] },
    });
    const letters = await product.call('GET', '/api/v1/dead-letters');
    expect(letters.body.items).toEqual([
      expect.objectContaining({
        task: 'content.parse',
        content_id: body.content_id,
        reason: 'non_retryable',
        error_type: 'NotFound',
      }),
    ]);
  }, 60_000);

  it('hands content out to a bot and takes it as pushed once', async () => {
    const ask = { target_platform: 'TG_CHANNEL_-100123', tag: 'harbour', limit: 1 };
    const offered = await product.call('POST', '/api/v1/bot/get-content', ask);
    expect(offered.status).toBe(200);
    expect(offered.body).toHaveLength(1);
    const mark = { content_id: offered.body[0].id, target_platform: ask.target_platform, message_id: '42' };
    expect((await product.call('POST', '/api/v1/bot/mark-pushed', mark)).body).toMatchObject({ created: true });
    expect((await product.call('POST', '/api/v1/bot/mark-pushed', mark)).body).toMatchObject({ created: false });
    const again = await product.call('POST', '/api/v1/bot/get-content', { ...ask, limit: 10 });
    expect(again.body.map((content: { id: number }) => content.id)).not.toContain(offered.body[0].id);
  });

  it('tells how it is', async () => {
    expect((await product.call('GET', '/health')).body).toMatchObject({
      status: 'ok',
      queue_size: expect.any(Number),
      components: {
        database: { status: 'ok' },
        queue: { status: 'ok' },
        storage: { status: 'ok' },
        secrets: { status: 'ok' },
      },
    });
    expect((await product.call('GET', '/livez')).status).toBe(200);
    expect((await product.call('GET', '/readyz')).status).toBe(200);
    const metrics = (await product.call('GET', '/metrics')).body as string;
    for (const name of [
      'vaultstream_tasks_total',
      'vaultstream_pushes_total',
      'http_request_duration_seconds',
      'vaultstream_queue_depth',
    ])
      expect(metrics).toContain(name);
  });

  it('A16: no secret reaches a log line', () => {
    const logged = JSON.stringify(product.logs) + product.plain.join('\n');
    for (const secret of [Product.token, receiver.secret]) expect(logged).not.toContain(secret);
    expect(logged).not.toMatch(/signature=[\w-]{20}/);
  });
});
