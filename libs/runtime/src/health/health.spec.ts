import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InfrastructureError, type ComponentHealth, type HealthCheck } from '@vaultstream/contracts';
import { createGate } from '../../test/gate.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { Shutdown } from '../shutdown/shutdown.ts';
import { HealthRegistry } from './health-registry.ts';

describe('health', () => {
  let test: TestApp;
  let registry: HealthRegistry;
  beforeEach(async () => {
    test = await startTestApp({ controllers: [] });
    registry = test.app.get(HealthRegistry);
  });
  afterEach(() => test.app.close());

  const get = async (url: string) => {
    const answer = await test.app.inject(url);
    return [answer.statusCode, answer.json<unknown>()];
  };
  const check = (component: HealthCheck['component'], run: () => ComponentHealth | Promise<ComponentHealth>) =>
    registry.register({ component, check: async () => run() });
  const away = () => {
    throw new InfrastructureError('the disk is full', { cause: new Error('connect ECONNREFUSED 10.0.0.5:5432') });
  };

  it('42: tells how each part is, with the size of the queue, at both addresses', async () => {
    check('database', () => ({ status: 'ok' }));
    check('queue', () => ({ status: 'ok', detail: 'postgres' }));
    check('storage', () => ({ status: 'ok' }));
    registry.provideQueueSize(async () => 42);
    const body = {
      status: 'ok',
      queue_size: 42,
      components: {
        database: { status: 'ok' },
        queue: { status: 'ok', detail: 'postgres' },
        storage: { status: 'ok' },
      },
    };
    expect(await get('/health')).toEqual([200, body]);
    expect(await get('/api/v1/health')).toEqual([200, body]);
  });

  it('42: is degraded with 503 when one part is down, says why, and not where that part lives', async () => {
    check('database', () => ({ status: 'ok' }));
    check('storage', away);
    registry.provideQueueSize(async () => away());
    expect(await get('/health')).toEqual([
      503,
      {
        status: 'degraded',
        queue_size: null,
        components: { database: { status: 'ok' }, storage: { status: 'down', detail: 'the disk is full' } },
      },
    ]);
    expect(test.text()).toContain('ECONNREFUSED');
  });

  it('A23: without a database the process lives but is not ready; it is ready again when the database is back', async () => {
    let up = false;
    check('database', () => (up ? { status: 'ok' } : away()));
    check('storage', away);
    expect(await get('/livez')).toEqual([200, { status: 'ok' }]);
    expect(await get('/readyz')).toEqual([503, { status: 'unready' }]);
    up = true;
    while ((await get('/readyz'))[0] !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await get('/readyz')).toEqual([200, { status: 'ok' }]);
    expect((await get('/health'))[0]).toBe(503);
  });

  it('A23: a part that does not answer is down after two seconds, and the others do not wait for it in turn', async () => {
    const never = createGate();
    for (const component of ['database', 'queue', 'storage'] as const)
      check(component, () => never.passed.then(() => ({ status: 'ok' })));
    const started = performance.now();
    const [status] = await get('/health');
    expect(status).toBe(503);
    expect(await get('/livez')).toEqual([200, { status: 'ok' }]);
    expect((await get('/readyz'))[0]).toBe(503);
    expect(performance.now() - started).toBeLessThan(5_500);
  });

  it('asks a part once for all who want to know at the same time', async () => {
    let asked = 0;
    check('database', () => {
      asked++;
      return { status: 'ok' };
    });
    await Promise.all(Array.from({ length: 50 }, () => get('/readyz')));
    await get('/health');
    expect(asked).toBe(1);
  });

  it('J8: is dead when a part says that only a new process can help, and only then', async () => {
    let alive = true;
    registry.registerLiveness(() => true);
    registry.registerLiveness(() => alive);
    check('queue', away);
    expect(await get('/livez')).toEqual([200, { status: 'ok' }]);
    alive = false;
    expect(await get('/livez')).toEqual([503, { status: 'dead' }]);
  });

  it('refuses two checks of one part', () => {
    check('queue', () => ({ status: 'ok' }));
    expect(() => check('queue', () => ({ status: 'ok' }))).toThrow('two health checks for queue');
  });

  it('K4: is unready from the first moment of the shutdown, and alive to the last', async () => {
    check('database', () => ({ status: 'ok' }));
    expect((await get('/readyz'))[0]).toBe(200);
    const gate = createGate();
    test.app.get(Shutdown).register('intake', 'gate', () => gate.passed);
    const ended = test.app.get(Shutdown).run('test');
    expect(await get('/readyz')).toEqual([503, { status: 'stopping' }]);
    expect((await get('/livez'))[0]).toBe(200);
    gate.open();
    await ended;
  });
});
