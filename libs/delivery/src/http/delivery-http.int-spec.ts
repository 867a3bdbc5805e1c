import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { problemSchema, ruleViewSchema, targetViewSchema } from '@vaultstream/contracts';
import { Metrics } from '@vaultstream/runtime';
import { insideUrls } from '../../test/inside-urls.ts';
import { openRig, type Rig } from '../../test/rig.ts';

// Many rounds on a real database, on whatever machine.
jest.setTimeout(60_000);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());
afterEach(async () => {
  await rig.db.client.task.deleteMany();
  await rig.db.client.rule.deleteMany();
});

const uuid = '0199f0a0-0000-7000-8000-000000000001';
const webhook = (url: string, more: object = {}) => ({ kind: 'webhook', name: 'x', address: { url, ...more } });
const rule = (more: object = {}) => ({ name: 'r', target_ids: [], ...more });

describe('targets over HTTP', () => {
  it('creates, shows the secret once, lists, changes, tests and deletes', async () => {
    const made = await rig.call('POST', '/targets', webhook(`${rig.receiver.url}/crud?token=s3cret`));
    expect(made.status).toBe(201);
    const { id, key, secret } = targetViewSchema.parse(made.body);
    expect(key).toMatch(/^WEBHOOK_[0-9a-f]{16}$/);
    expect(secret).toMatch(/^whsec_/);
    const shown = await rig.call('GET', `/targets/${id}`);
    expect(targetViewSchema.parse(shown.body)).toMatchObject({ enabled: true, health: { status: 'unknown' } });
    expect(shown.body.address).toEqual({ url: `${rig.receiver.url}/crud?token=***`, secret: ['whsec_***'] });
    const list = await rig.call('GET', '/targets?limit=1');
    expect(list.body.items).toMatchObject([{ id }]);
    const row = await rig.db.client.target.findUniqueOrThrow({ where: { id } });
    for (const told of [shown.body, list.body, row]) {
      expect(JSON.stringify(told)).not.toContain('s3cret');
      expect(JSON.stringify(told)).not.toContain(secret);
    }
    expect((await rig.call('PATCH', `/targets/${id}`, { name: 'new' })).body).toMatchObject({ name: 'new', key });
    expect((await rig.call('POST', `/targets/${id}/test`)).body).toEqual({ ok: true, detail: 'answered 200' });
    expect(rig.seenAt('/crud?token=s3cret')).toHaveLength(1);
    expect((await rig.call('POST', '/targets', webhook(`${rig.receiver.url}/crud?token=s3cret`))).status).toBe(409);
    expect((await rig.call('DELETE', `/targets/${id}`)).status).toBe(204);
    expect((await rig.call('DELETE', `/targets/${id}`)).status).toBe(404);
  });

  it('P16: refuses every address that leads inside when it is saved', async () => {
    for (const url of insideUrls) {
      const { status, body } = await rig.call('POST', '/targets', webhook(url));
      expect([url, status]).toEqual([url, 400]);
      expect(problemSchema.parse(body).errors?.map(({ path }) => path)).toEqual(['body.address.url']);
    }
  });

  it('14: a webhook in one’s own network is refused with what to add to the list of hosts, never for a redirect to it', async () => {
    const { status, body } = await rig.call('POST', '/targets', webhook('http://nas.lan:9000/hook'));
    const remedy = expect.stringMatching(/add ,nas\.lan:9000 to the end of the line FETCH_ALLOW_HOSTS .* restart/);
    expect(status).toBe(400);
    expect(problemSchema.parse(body)).toMatchObject({ detail: remedy, errors: [{ message: remedy }] });
    const target = await rig.target('/redirects');
    rig.answer((_, response) => response.writeHead(307, { location: 'http://nas.lan:9000/hook' }).end());
    const tried = await rig.call('POST', `/targets/${target.id}/test`);
    expect(tried.body).toEqual({ ok: false, detail: expect.not.stringContaining('FETCH_ALLOW_HOSTS') });
    rig.answer((_, response) => response.end());
  });

  it('A22: answers the same Idempotency-Key with the same target', async () => {
    const body = webhook(`${rig.receiver.url}/again`);
    const [one, two] = [
      await rig.call('POST', '/targets', body, 'push', 'k1'),
      await rig.call('POST', '/targets', body, 'push', 'k1'),
    ];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body).toEqual(one.body);
    expect((await rig.call('POST', '/targets', { ...body, name: 'y' }, 'push', 'k1')).status).toBe(422);
  });

  it('needs the scope push; the ledger may be read with read', async () => {
    for (const path of ['/targets', '/rules'])
      expect((await rig.call('GET', path, undefined, 'read')).status).toBe(403);
    expect((await rig.call('GET', '/deliveries', undefined, 'read')).status).toBe(200);
    expect((await rig.call('POST', '/deliveries', {}, 'read')).status).toBe(403);
  });
});

describe('bad input', () => {
  it.each<[string, 'POST' | 'PATCH' | 'GET', string, object | undefined, number, string | null]>([
    ['no body', 'POST', '/targets', undefined, 400, 'body'],
    ['an unknown kind', 'POST', '/targets', { ...webhook('https://example.org/'), kind: 'pigeon' }, 400, 'body.kind'],
    ['no address', 'POST', '/targets', webhook(undefined as never), 400, 'body.address.url'],
    [
      'an unknown field of the address',
      'POST',
      '/targets',
      webhook('https://example.org/', { x: 1 }),
      400,
      'body.address',
    ],
    [
      'a bad secret',
      'POST',
      '/targets',
      webhook('https://example.org/', { secret: 'x' }),
      400,
      'body.address.secret.0',
    ],
    [
      'an operator object',
      'POST',
      '/targets',
      { ...webhook('https://example.org/'), name: { contains: '' } },
      400,
      'body.name',
    ],
    ['A12: an unknown field', 'POST', '/targets', { ...webhook('https://example.org/'), id: uuid }, 400, 'body.id'],
    [
      'a bot for a webhook',
      'POST',
      '/targets',
      { ...webhook('https://example.org/'), bot_config_id: uuid },
      400,
      'body.bot_config_id',
    ],
    ['NUL in a name', 'POST', '/targets', { ...webhook('https://example.org/'), name: 'a\u0000' }, 400, 'body.name'],
    ['a path id that is none', 'GET', '/targets/x', undefined, 400, 'path.id'],
    ['an unknown target', 'GET', `/targets/${uuid}`, undefined, 404, null],
    ['an unknown target to change', 'PATCH', `/targets/${uuid}`, { name: 'x' }, 404, null],
    ['an unknown target to test', 'POST', `/targets/${uuid}/test`, undefined, 404, null],
    ['A10: a forged cursor', 'GET', '/targets?cursor=WyJ0YXJnZXRzIiwxXQ', undefined, 400, 'query.cursor'],
    ['A10: a cursor of another list', 'GET', '/rules?cursor=WyJ0YXJnZXRzIl0', undefined, 400, 'query.cursor'],
    ['A10: a limit out of range', 'GET', '/deliveries?limit=1000000000', undefined, 400, 'query.limit'],
    ['an unknown filter', 'GET', '/deliveries?status[not]=sent', undefined, 400, 'query.status[not]'],
    ['an unknown state', 'GET', '/deliveries?status=dead', undefined, 400, 'query.status'],
    ['an id that is too large', 'GET', '/deliveries?content_id=99999999999', undefined, 400, 'query.content_id'],
    ['a rule without a name', 'POST', '/rules', { target_ids: [] }, 400, 'body.name'],
    ['a rule with an unknown target', 'POST', '/rules', rule({ target_ids: [uuid] }), 400, 'body.target_ids.0'],
    ['a rule with an unknown condition', 'POST', '/rules', rule({ match: { tag: 'x' } }), 400, 'body.match.tag'],
    [
      'a rule that sends NSFW contents elsewhere, and says not where',
      'POST',
      '/rules',
      rule({ nsfw_policy: 'separate' }),
      400,
      'body.nsfw_target_ids',
    ],
    [
      'a rule with an unknown NSFW target',
      'POST',
      '/rules',
      rule({ nsfw_policy: 'separate', nsfw_target_ids: [uuid] }),
      400,
      'body.nsfw_target_ids.0',
    ],
    ['a rule with an unknown policy', 'POST', '/rules', rule({ nsfw_policy: 'maybe' }), 400, 'body.nsfw_policy'],
    ['an unknown rule', 'PATCH', `/rules/${uuid}`, { enabled: false }, 404, null],
    ['a delivery of an unknown content', 'POST', '/deliveries', { content_id: 999_999, target_id: uuid }, 404, null],
    [
      'a delivery with an id of text',
      'POST',
      '/deliveries',
      { content_id: '1', target_id: uuid },
      400,
      'body.content_id',
    ],
    ['an unknown delivery', 'POST', `/deliveries/${uuid}/cancel`, undefined, 404, null],
    ['a resolve to nothing', 'POST', `/deliveries/${uuid}/resolve`, { as: 'maybe' }, 400, 'body.as'],
    ['get-content without a target', 'POST', '/bot/get-content', {}, 400, 'body.target_platform'],
    ['get-content of too many', 'POST', '/bot/get-content', { target_platform: 'x', limit: 11 }, 400, 'body.limit'],
    [
      'get-content of an unknown platform',
      'POST',
      '/bot/get-content',
      { target_platform: 'x', platform: 'nosuch' },
      400,
      'body.platform',
    ],
    ['mark-pushed of no content', 'POST', '/bot/mark-pushed', { target_platform: 'x' }, 400, 'body.content_id'],
    [
      'mark-pushed of an unknown content',
      'POST',
      '/bot/mark-pushed',
      { content_id: 999_999, target_platform: 'x' },
      404,
      null,
    ],
    [
      'mark-pushed of zero',
      'POST',
      '/bot/mark-pushed',
      { content_id: 0, target_platform: 'x' },
      400,
      'body.content_id',
    ],
  ])('%s', async (_, method, path, payload, status, field) => {
    const answer = await rig.call(method, path, payload);
    expect(answer.status).toBe(status);
    const problem = problemSchema.parse(answer.body);
    if (field !== null) expect(problem.errors?.map((error) => error.path)).toContain(field);
  });
});

describe('rules and deliveries over HTTP', () => {
  it('a rule is created, changed with a new version, refused under a taken name, and deleted', async () => {
    const target = await rig.target();
    const made = await rig.call(
      'POST',
      '/rules',
      rule({ target_ids: [target.id, target.id], match: { tags_any: ['a'] } }),
    );
    expect(ruleViewSchema.parse(made.body)).toMatchObject({
      version: 1,
      target_ids: [target.id],
      nsfw_policy: 'block',
      approval: 'auto',
    });
    const path = `/rules/${made.body.id}`;
    expect((await rig.call('PATCH', path, { enabled: false })).body).toMatchObject({
      version: 2,
      enabled: false,
      match: { tags_any: ['a'] },
    });
    expect((await rig.call('PATCH', path, {})).body).toMatchObject({ version: 2 });
    expect((await rig.call('POST', '/rules', rule())).status).toBe(409);
    await rig.call('DELETE', `/targets/${target.id}`);
    expect((await rig.call('GET', path)).body.target_ids).toEqual([]);
    expect((await rig.call('DELETE', path)).status).toBe(204);
    expect((await rig.call('GET', path)).status).toBe(404);
    expect((await rig.call('POST', '/rules', rule())).status).toBe(201);
  });

  it('a held delivery waits for approval, and only legal steps are taken', async () => {
    rig.answer((_, response) => response.end());
    const target = await rig.target('/approved');
    await rig.call('POST', '/rules', rule({ target_ids: [target.id], approval: 'required' }));
    const content = await rig.content();
    await rig.tasks.run();
    const listed = await rig.call('GET', `/deliveries?content_id=${content}&target_id=${target.id}&status=held`);
    const [{ id, reason, target_key }] = listed.body.items;
    expect([reason, target_key]).toEqual(['approval_required', target.key]);
    expect(listed.body.items).toMatchObject([{ content_title: 'A page', target_name: '/approved' }]);
    for (const step of ['retry', 'resolve'])
      expect((await rig.call('POST', `/deliveries/${id}/${step}`, { as: 'sent' })).body.detail).toMatch(/held/);
    expect((await rig.call('POST', `/deliveries/${id}/approve`)).body).toMatchObject({ status: 'planned' });
    await rig.tasks.run();
    expect((await rig.call('GET', `/deliveries/${id}`)).body).toMatchObject({
      status: 'sent',
      parts: [{ status: 'sent' }],
    });
    for (const step of ['approve', 'cancel', 'retry', 'resolve']) {
      const answer = await rig.call(
        'POST',
        `/deliveries/${id}/${step}`,
        step === 'resolve' ? { as: 'sent' } : undefined,
      );
      expect([answer.status, answer.body.detail]).toEqual([409, expect.stringMatching(/sent/)]);
    }
    expect(rig.seenAt('/approved')).toHaveLength(1);
  });

  it('a push by hand is 201, then 200; contents and targets that are not ready are 409', async () => {
    const [target, disabled] = [await rig.target('/hand'), await rig.target('/off', { enabled: false })];
    const content = await rig.content();
    const push = (target_id: string, content_id = content) =>
      rig.call('POST', '/deliveries', { content_id, target_id });
    const [one, two] = [await push(target.id), await push(target.id)];
    expect([one.status, two.status]).toEqual([201, 200]);
    expect(two.body.id).toBe(one.body.id);
    expect((await push(disabled.id)).status).toBe(409);
    await rig.db.client.content.update({ where: { id: await rig.content() }, data: { status: 'FAILED' } });
    const failed = await rig.db.client.content.findFirstOrThrow({ where: { status: 'FAILED' } });
    expect((await push(target.id, failed.id)).status).toBe(409);
    const concurrent = await rig.content();
    const answers = await Promise.all(Array.from({ length: 20 }, () => push(target.id, concurrent)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
  });

  it('lists keyset pages without losing or repeating a row', async () => {
    const target = await rig.target('/pages');
    for (let index = 0; index < 7; index++) {
      const content = await rig.content();
      await rig.call('POST', '/deliveries', { content_id: content, target_id: target.id });
    }
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await rig.call('GET', `/deliveries?target_id=${target.id}&limit=3${cursor}`);
      seen.push(...body.items.map((item: { id: string }) => item.id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(seen).toHaveLength(7);
    expect([...seen].sort().reverse()).toEqual(seen);
  });

  it('counts pushes by kind and outcome, and what waits by target', async () => {
    // Before the first push of this process, so that a rate sees it.
    for (const kind of ['webhook', 'telegram'])
      for (const outcome of ['sent', 'failed', 'rate_limited', 'unconfirmed'])
        expect(await rig.app.get(Metrics).render()).toMatch(
          new RegExp(`^vaultstream_pushes_total\\{kind="${kind}",outcome="${outcome}"\\} \\d+$`, 'm'),
        );
    rig.answer((request, response) => response.writeHead(request.url === '/broken' ? 500 : 200).end());
    for (const target of [await rig.target('/fine'), await rig.target('/broken')]) {
      const content = await rig.content();
      await rig.call('POST', '/deliveries', { content_id: content, target_id: target.id });
    }
    await rig.tasks.run();
    const text = await rig.app.get(Metrics).render();
    expect(text).toMatch(/vaultstream_pushes_total\{kind="webhook",outcome="sent"\} [1-9]/);
    expect(text).toMatch(/vaultstream_pushes_total\{kind="webhook",outcome="failed"\} 1/);
    expect(text).toMatch(/vaultstream_push_backlog\{target="WEBHOOK_[0-9a-f]{16}"\} [1-9]/);
  });
});
