import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@vaultstream/runtime';
import { Database, PlatformHealth, type PlatformTry } from '@vaultstream/store';
import { testDatabase } from '@vaultstream/testing';
import { TryBook } from './try-book.ts';

/** Counts its statements. */
class CountedHealth extends PlatformHealth {
  statements = 0;
  override async count(tries: readonly PlatformTry[]): Promise<void> {
    this.statements++;
    await super.count(tries);
  }
}

const lines: string[] = [];
const stream = { write: (line: string) => void lines.push(line) } as unknown as NodeJS.WritableStream;
const logger = createLogger('test', { level: 'warn', format: 'json', stream });
const entry: PlatformTry = { platform: 'x', outcome: 'succeeded', errorType: null };

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('TryBook', () => {
  it('writes what many parses add at once with a few statements, and loses nothing', async () => {
    const db = new Database({ url: database.url });
    const health = new CountedHealth(db);
    const book = new TryBook(health, logger);
    await Promise.all(Array.from({ length: 200 }, () => book.add(entry)));
    expect(await health.tallies(60)).toMatchObject([{ platform: 'x', succeeded: 200 }]);
    expect(health.statements).toBeLessThanOrEqual(2);
    await book.add({ ...entry, outcome: 'sick', errorType: 'NetworkError' });
    expect(await health.tallies(60)).toMatchObject([{ sick: 1, lastErrorType: 'NetworkError' }]);
    await db.close();
  });

  it('fails no parse when it cannot be written', async () => {
    const db = new Database({ url: database.url });
    await db.close();
    await new TryBook(new PlatformHealth(db), logger).add(entry);
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ name: 'platform.health', lost: 1 }),
    );
  });
});
