import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { Webhook } from 'standardwebhooks';
import { openRig, type Rig } from '../../test/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const freshSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const patch = (id: string, address: object) => rig.call('PATCH', `/targets/${id}`, { address });

/** Has something sent, and says whether it was signed with a secret. */
async function signedWith(id: string, path: string, secret: string): Promise<boolean> {
  expect((await rig.call('POST', `/targets/${id}/test`)).body).toMatchObject({ ok: true });
  const seen = rig.seenAt(path).at(-1);
  if (!seen) throw new Error(`nothing came to ${path}`);
  try {
    new Webhook(secret).verify(seen.body, seen.headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

describe('the signing secret of a webhook whose address changes', () => {
  it.each([
    ['another place of the same host', '/elsewhere'],
    ['another query', '/here?tenant=2'],
  ])('P4: does not follow to %s: a new one is made and shown once', async (_, path) => {
    const { id, secret } = await rig.target('/here');
    const changed = await patch(id, { url: rig.receiver.url + path });
    expect(changed).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^whsec_/) } });
    expect(changed.body.secret).not.toBe(secret);
    expect(await signedWith(id, path, secret)).toBe(false);
    expect(await signedWith(id, path, changed.body.secret)).toBe(true);
    expect(JSON.stringify((await rig.call('GET', `/targets/${id}`)).body)).not.toContain(changed.body.secret);
    await rig.call('DELETE', `/targets/${id}`);
  });

  it('P4: does not follow to another origin', async () => {
    const { id, secret } = await rig.target('/origin');
    const { status, body } = await patch(id, { url: 'https://hooks.example.com/origin' });
    expect([status, body.secret === secret, typeof body.secret]).toEqual([200, false, 'string']);
  });

  it('P4: is the one that was given with the new address', async () => {
    const { id } = await rig.target('/given');
    const given = freshSecret();
    const { body } = await patch(id, { url: `${rig.receiver.url}/moved`, secret: given });
    expect(body).not.toHaveProperty('secret');
    expect(await signedWith(id, '/moved', given)).toBe(true);
  });

  it('stays when the same place is spelt otherwise, or something else changes', async () => {
    const { id, secret } = await rig.target('/same');
    expect((await patch(id, { url: `${rig.receiver.url}/same#part` })).body).not.toHaveProperty('secret');
    expect((await rig.call('PATCH', `/targets/${id}`, { name: 'new' })).body).not.toHaveProperty('secret');
    expect(await signedWith(id, '/same', secret)).toBe(true);
  });

  it('is shown when a new one is asked for', async () => {
    const { id, secret } = await rig.target('/renewed');
    const { body } = await patch(id, { secret: [] });
    expect(body.secret).not.toBe(secret);
    expect(await signedWith(id, '/renewed', body.secret)).toBe(true);
  });

  it('P4: two changes at once are both made, the second upon the first', async () => {
    const { id } = await rig.target('/two');
    const waiting = (count: number) =>
      eventually(async () => {
        const [row] = await rig.db.client.$queryRaw<{ n: number }[]>`
          SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return row?.n === count;
      });
    const mine = freshSecret();
    const [held, free] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const holder = rig.db.client.$transaction(async (client) => {
      await client.$queryRaw`SELECT 1 FROM targets WHERE id = ${id}::uuid FOR UPDATE`;
      held.resolve(undefined);
      await free.promise;
    });
    await held.promise;
    const moved = patch(id, { url: `${rig.receiver.url}/two-moved` });
    await waiting(1);
    const signed = patch(id, { secret: mine });
    await waiting(2);
    free.resolve(undefined);
    await holder;
    expect([(await moved).status, (await signed).status]).toEqual([200, 200]);
    expect(await signedWith(id, '/two-moved', mine)).toBe(true);
  });
});
