import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contentMessageSchema, contentViewSchema, type Scope } from '@vaultstream/contracts';
import { openTelegramRig, type TelegramRig } from '../../test/telegram-rig.ts';

let rig: TelegramRig;
beforeAll(async () => {
  rig = await openTelegramRig();
});
afterAll(() => rig.close());

async function offered(...scopes: Scope[]): Promise<unknown[]> {
  const reply = await rig.app.inject({
    method: 'POST',
    url: '/api/v1/bot/get-content',
    headers: { authorization: `Bearer ${await rig.token(...scopes)}` },
    payload: { target_platform: 'BOT_ONE', limit: 10 },
  });
  expect(reply.statusCode).toBe(200);
  return reply.json<unknown[]>();
}

describe('what a bot is handed', () => {
  it('P6: with push alone what a receiver gets of a content, with read too all of it', async () => {
    const body_text = 'long '.repeat(5_000);
    const id = await rig.content(1, { raw_metadata: { internal: 'raw secret' }, body_text });
    await rig.db.client.content.update({
      where: { id },
      data: { note: 'a private note', lastErrorDetail: { message: 'm', stack: 'at /srv/secret.ts', attempts: [] } },
    });
    await rig.db.client.contentSource.updateMany({
      where: { contentId: id },
      data: { note: 'whispered', clientContext: { device: 'my phone' } },
    });
    const secrets = ['raw secret', 'a private note', '/srv/secret.ts', 'whispered', 'my phone'];
    const [message, ...others] = await offered('push');
    expect(others).toEqual([]);
    expect(contentMessageSchema.strict().parse(message)).toMatchObject({
      id,
      body_text,
      media: [{ status: 'stored', stored_url: expect.any(String) }],
    });
    for (const secret of secrets) expect(JSON.stringify(message)).not.toContain(secret);
    for (const scopes of [['push', 'read'], ['admin']] as const) {
      const [content] = await offered(...scopes);
      expect(contentViewSchema.strict().parse(content)).toMatchObject({ id, note: 'a private note' });
      for (const secret of secrets) expect(JSON.stringify(content)).toContain(secret);
    }
  });
});
