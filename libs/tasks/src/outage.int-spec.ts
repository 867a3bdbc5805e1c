import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { deployMigrations } from '@vaultstream/store';
import { EmbeddedPostgres } from '@vaultstream/store/embedded';
import { eventually, freePort, tempDir } from '@vaultstream/testing';
import { pino } from 'pino';
import { onParse, parseTask, recordParse, stop, TaskWorld } from '../test/task-world.ts';

jest.setTimeout(120_000);

const logger = pino({ level: 'silent' });
const count = 300;

describe('a database that goes away', () => {
  let folder: Awaited<ReturnType<typeof tempDir>>;
  let server: EmbeddedPostgres;
  let port: number;
  let world: TaskWorld;
  const boot = () => EmbeddedPostgres.start({ dataDir: join(folder.path, 'data'), logger, port });
  beforeAll(async () => {
    folder = await tempDir();
    port = await freePort();
    server = await boot();
    await deployMigrations(server.url, logger);
    world = await TaskWorld.make(server.url);
  });
  afterAll(async () => {
    await world.end();
    await server.stop();
    await folder.remove();
  });

  it('J11, J12: killed under load and back after a while: nothing lost, nothing twice, no attempt spent', async () => {
    await world.append(...Array.from({ length: count }, (_, index) => parseTask(index + 1)));
    const system = world.start(
      onParse(async (payload, context) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        await recordParse(payload, context);
      }),
      { concurrency: { parse: 10 }, limits: { leaseMs: 3_000 } },
    );
    await eventually(async () => (await world.effects()).length >= 50);
    const ended = eventually(() => !isAlive(server.pid));
    process.kill(server.pid, 'SIGQUIT'); // as pg_ctl stop -m immediate
    await ended;
    await server.stop();
    await expect(world.append(parseTask(1_000))).rejects.toMatchObject({ name: 'InfrastructureError' });
    await eventually(() => world.lines.some((line) => line['name'] === 'relay'));
    expect((await system.health.check().catch(() => ({ status: 'down' }))).status).toBe('down');
    server = await boot();
    await world.drained(60_000);
    const effects = await world.effects();
    expect(effects).toHaveLength(count);
    expect(new Set(effects).size).toBe(count);
    expect((await world.deadLetters.list({ limit: 1 })).items).toEqual([]);
    expect(world.runs.filter((run) => run['outcome'] === 'retried')).toEqual([]);
    // And it is awake again: a new task is picked up at once.
    await world.append(parseTask(2_000));
    await world.drained(5_000);
    expect((await system.health.check()).status).toBe('ok');
    await stop(system);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
