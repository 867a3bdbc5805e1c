import { describe, expect, it } from '@jest/globals';
import { InfrastructureError } from '@vaultstream/contracts';
import type { Broker } from '../broker/broker.ts';
import { Route } from './route.ts';

function world(withStandIn: boolean) {
  const state = { now: 0, away: false, epoch: 'one' };
  const fake = (name: string, probe: () => Promise<unknown>) => ({ name, probe }) as unknown as Broker;
  const first = fake('redis', async () => {
    if (state.away) throw new InfrastructureError('Redis is away.');
    return { epoch: state.epoch };
  });
  const standIn = fake('postgres', async () => ({ epoch: 'postgres' }));
  const route = new Route({ first, ...(withStandIn && { standIn }) }, () => state.now);
  return { state, first, standIn, route };
}

describe('the route of wake-ups', () => {
  it('J6: says once that the broker was wiped', async () => {
    const { state, first, route } = world(false);
    expect(await route.choose()).toEqual({ broker: first, changed: true });
    expect(await route.choose()).toEqual({ broker: first, changed: false });
    state.epoch = 'two';
    expect(await route.choose()).toEqual({ broker: first, changed: true });
    expect(await route.choose()).toEqual({ broker: first, changed: false });
  });

  it('J7: leads to the stand-in after 5 s, and back at once', async () => {
    const { state, first, standIn, route } = world(true);
    await route.choose();
    state.away = true;
    await expect(route.choose()).rejects.toThrow('Redis is away.');
    expect(route.find('redis')).toBe('wait');
    state.now += 4_999;
    await expect(route.choose()).rejects.toThrow('Redis is away.');
    state.now += 1;
    expect(await route.choose()).toEqual({ broker: standIn, changed: true });
    expect(await route.choose()).toEqual({ broker: standIn, changed: false });
    expect(route.find('redis')).toBe('lost');
    expect(route.find('postgres')).toBe(standIn);
    state.away = false;
    expect(await route.choose()).toEqual({ broker: first, changed: true });
    expect(route.find('redis')).toBe(first);
  });

  it('J7: starts the 5 s anew after each success', async () => {
    const { state, route } = world(true);
    state.away = true;
    await expect(route.choose()).rejects.toThrow();
    state.now += 4_000;
    state.away = false;
    await route.choose();
    state.away = true;
    state.now += 4_000;
    await expect(route.choose()).rejects.toThrow();
  });

  it('J7: leads nowhere without a stand-in, and waits for what lies at the broker', async () => {
    const { state, route } = world(false);
    state.away = true;
    await expect(route.choose()).rejects.toThrow('Redis is away.');
    state.now += 60_000;
    await expect(route.choose()).rejects.toThrow('Redis is away.');
    expect(route.find('redis')).toBe('wait');
    expect(route.find('postgres')).toBe('lost');
  });
});
