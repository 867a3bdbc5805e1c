import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@vaultstream/testing';
import { Balancer } from './balancer.ts';
import { stablePort } from './ports.ts';
import { balancerProgram } from './world.ts';

/** How long /readyz takes on a machine that is busy: milliseconds. More than the 500 between two checks, which HAProxy takes for the limit. */
const busyMs = 1_500;
/** Checks that have to be passed: after two that fail a server is down. */
const checks = 4;

(balancerProgram === undefined ? describe.skip : describe)('the balancer in front of busy replicas', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-balancer-'));
  let api: Server;
  let balancer: Balancer;
  /** Checks that were answered, or cut off. */
  let ended = 0;

  beforeAll(async () => {
    api = createServer((request, response) => {
      if (request.url !== '/readyz') return void response.end('served');
      response.once('close', () => ended++);
      void sleep(busyMs).then(() => response.end());
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    balancer = new Balancer({ program: balancerProgram ?? '', port: await stablePort(), apis: [url], dir });
    balancer.spawn();
  });

  afterAll(async () => {
    await balancer.kill();
    api.closeAllConnections();
    await new Promise((resolve) => api.close(resolve));
    rmSync(dir, { recursive: true, force: true });
  });

  it('sends requests to one whose /readyz answers slowly: it lives', async () => {
    const refused: number[] = [];
    let answered = 0;
    await eventually(
      async () => {
        // Fails until it listens.
        const { status } = await fetch(`${balancer.url}/things`);
        answered++;
        if (status !== 200) refused.push(status);
        expect(ended).toBeGreaterThanOrEqual(checks);
      },
      { timeoutMs: 45_000 },
    );
    expect(answered).toBeGreaterThan(checks);
    expect(refused).toEqual([]);
  }, 60_000);
});

describe('the balancer of docker-compose.yml', () => {
  it('waits as long for an answer of /readyz, and ends no event stream', () => {
    const file = readFileSync(join(import.meta.dirname, '../../ops/haproxy/haproxy.cfg'), 'utf8');
    const seconds = (name: string) => Number(new RegExp(String.raw`^ {2}timeout ${name} (\d+)s$`, 'm').exec(file)?.[1]);
    expect(seconds('check')).toBe(4);
    // The API pings every 20 s.
    expect(Math.min(seconds('client'), seconds('server'))).toBeGreaterThan(2 * 20);
  });
});
