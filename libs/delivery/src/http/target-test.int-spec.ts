import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { openRig, type Rig } from '../../test/rig.ts';

let rig: Rig;
let url: string;
/** Answers that the receiver still owes. */
const open = new Set<() => void>();
let most = 0;

beforeAll(async () => {
  rig = await openRig();
  await rig.app.listen({ host: '127.0.0.1', port: 0 });
  url = await rig.app.getUrl();
});
afterAll(() => rig.close());
beforeEach(() => {
  most = 0;
  rig.answer((request, response) => {
    const answer = () => void response.end('ok');
    open.add(answer);
    most = Math.max(most, open.size);
    request.socket.once('close', () => open.delete(answer));
    response.once('finish', () => open.delete(answer));
  });
});
const answerAll = () => {
  rig.answer((_, response) => response.end('ok'));
  for (const answer of [...open]) answer();
};

describe('POST /targets/{id}/test under load', () => {
  it('M4: of 150 calls at once to targets of one host two reach it, the others hear when to come back', async () => {
    const targets = [await rig.target(), await rig.target(), await rig.target()];
    const paths = Array.from({ length: 150 }, (_, index) => `/targets/${targets[index % 3]?.id}/test`);
    let answered = 0;
    const calls = paths.map((path) => rig.call('POST', path).finally(() => (answered += 1)));
    await eventually(() => answered === 148);
    expect(open.size).toBe(2);
    answerAll();
    const answers = await Promise.all(calls);
    expect(answers.filter(({ status }) => status === 200).map(({ body }) => body)).toEqual([
      { ok: true, detail: 'answered 200' },
      { ok: true, detail: 'answered 200' },
    ]);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.map(({ body }) => body.code)).toEqual(Array.from({ length: 148 }, () => 'rate_limited'));
    expect(most).toBe(2);
  });

  it('M4: who hangs up ends the call to the receiver and frees the place', async () => {
    const [target, token] = [await rig.target(), await rig.token('push')];
    const callers = [new AbortController(), new AbortController()];
    const calls = callers.map(({ signal }) =>
      fetch(`${url}/api/v1/targets/${target.id}/test`, {
        method: 'POST',
        headers: { 'x-api-token': token },
        signal,
      }).catch(() => 'hung up'),
    );
    await eventually(() => open.size === 2);
    for (const caller of callers) caller.abort();
    expect(await Promise.all(calls)).toEqual(['hung up', 'hung up']);
    // Long before the call itself would give up, after 15 s.
    await eventually(() => open.size === 0, { timeoutMs: 5_000 });
    answerAll();
    const answer = await eventually(async () => {
      const { status, body } = await rig.call('POST', `/targets/${target.id}/test`);
      return status !== 429 && body;
    });
    expect(answer).toEqual({ ok: true, detail: 'answered 200' });
  });
});
