import { connect } from 'node:net';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';
import { tempDir } from './temp-dir.ts';
import { TrapListener } from './trap-listener.ts';
import { withServer } from './with-server.ts';

describe('the helpers of tests', () => {
  it('eventually answers the first value that is not false, past errors', async () => {
    let calls = 0;
    const value = await eventually(() => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return calls < 3 ? false : calls;
    });
    expect(value).toBe(3);
  });

  it('eventually gives up with the last error', async () => {
    const check = () => {
      throw new Error('never');
    };
    await expect(eventually(check, { timeoutMs: 30, intervalMs: 5 })).rejects.toThrow('never');
    await expect(eventually(() => false, { timeoutMs: 30, intervalMs: 5 })).rejects.toThrow('not true within 30 ms');
  });

  it('withServer answers on loopback and keeps what was asked', async () => {
    const server = await withServer((_request, response) => response.writeHead(201).end('made'));
    const answer = await fetch(`${server.url}/things?a=1`, {
      method: 'POST',
      body: 'hello',
      headers: { 'x-test': 'yes' },
    });
    expect([answer.status, await answer.text()]).toEqual([201, 'made']);
    expect(server.requests).toMatchObject([{ method: 'POST', url: '/things?a=1', headers: { 'x-test': 'yes' } }]);
    expect(server.requests[0]?.body.toString()).toBe('hello');
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('TrapListener counts who connects', async () => {
    const trap = await TrapListener.listen();
    expect(trap.connections).toBe(0);
    const socket = connect(trap.port, '127.0.0.1');
    await once(socket, 'data');
    expect(trap.connections).toBe(1);
    await trap.close();
  });

  it('tempDir makes a folder that others may pass through, and removes it', async () => {
    const { path, remove } = await tempDir();
    expect((await stat(path)).mode & 0o777).toBe(0o711);
    await remove();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
