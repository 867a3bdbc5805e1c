import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { v7 as uuidv7 } from 'uuid';
import { Contents } from '../contents/contents.ts';
import { Database } from '../database/database.ts';
import { PostgresTaskLog } from '../tasks/task-log.ts';
import { Retention } from './retention.ts';

let database: TestDatabase;
let db: Database;
let contents: Contents;
let retention: Retention;

beforeAll(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
  contents = new Contents(db, new PostgresTaskLog());
  retention = new Retention(db);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const share = (url: string) =>
  db.transact((tx) =>
    contents.share(tx, {
      canonical: { platform: 'web', url, platformId: null, contentType: null },
      url,
      tags: ['kept'],
    }),
  );

/** A content that was read, has one picture and was deleted some days ago. */
async function deletedContent(url: string, days: number): Promise<number> {
  const { contentId } = await share(url);
  await db.client.content.update({
    where: { id: contentId },
    data: {
      status: 'PULLED',
      title: 'Title',
      bodyText: 'text',
      rawMetadata: { a: 1 },
      deletedAt: new Date(Date.now() - days * 86_400_000),
    },
  });
  await db.client.media.create({
    data: {
      id: uuidv7(),
      contentId,
      parseGeneration: 1,
      position: 0,
      kind: 'image',
      originUrl: `${url}/picture`,
      status: 'failed',
    },
  });
  return contentId;
}

describe('retention', () => {
  it('empties what was deleted long ago; keys stay, so that a re-share finds it and has it read anew', async () => {
    const old = await deletedContent('https://example.com/old', 31);
    const recent = await deletedContent('https://example.com/recent', 29);
    expect(await retention.purgeDeletedContents(30)).toBe(1);
    expect(await retention.purgeDeletedContents(30)).toBe(0);
    const row = await db.client.content.findUniqueOrThrow({ where: { id: old }, include: { media: true, keys: true } });
    expect(row).toMatchObject({ title: null, bodyText: null, rawMetadata: {}, media: [], status: 'UNPROCESSED' });
    expect(row.keys).toHaveLength(1);
    expect(await db.client.content.findUniqueOrThrow({ where: { id: recent } })).toMatchObject({ bodyText: 'text' });

    const again = await share('https://example.com/old');
    expect(again).toMatchObject({ contentId: old, created: false, status: 'UNPROCESSED', needsParse: true });
    expect(await db.client.content.findUniqueOrThrow({ where: { id: old } })).toMatchObject({
      deletedAt: null,
      purgedAt: null,
    });
    expect(await db.client.task.count({ where: { contentId: old, name: 'content.parse' } })).toBe(1);
  });

  it('empties what was merged into another content long ago, and leaves the other alone', async () => {
    const merged = async (url: string, days: number) => {
      const [{ contentId: into }, from] = [await share(`${url}/into`), await deletedContent(url, 0)];
      await db.transact((tx) => contents.merge(tx, into, from));
      const at = new Date(Date.now() - days * 86_400_000);
      const { survivor } = await db.client.content.update({
        where: { id: from },
        data: { updatedAt: at, deletedAt: null, plannedAt: at },
        include: { survivor: true },
      });
      return { from, into: survivor?.id ?? 0 };
    };
    const [old, recent] = [
      await merged('https://merged.example/old', 31),
      await merged('https://merged.example/new', 29),
    ];
    expect(await retention.purgeDeletedContents(30)).toBe(1);
    expect(await retention.purgeDeletedContents(30)).toBe(0);
    const row = (id: number) => db.client.content.findUniqueOrThrow({ where: { id }, include: { media: true } });
    expect(await row(old.from)).toMatchObject({ bodyText: null, media: [], mergedInto: old.into });
    // Nor does it stay as what the rules looked at: nothing of the text is left.
    expect(await row(old.from)).toMatchObject({ planBaseline: null, plannedAt: null });
    expect(await row(old.into)).toMatchObject({ purgedAt: null, tags: ['kept'] });
    expect((await row(recent.from)).media).toHaveLength(1);
  });

  it('forgets answers and limiter cells whose time is over, in batches', async () => {
    const hour = 3_600_000;
    const row = (index: number, expiresAt: Date) => ({
      principal: 'p',
      route: 'POST /x',
      key: `${expiresAt.getTime()}-${index}`,
      bodyHash: 'h',
      lockedUntil: expiresAt,
      expiresAt,
    });
    const [past, future] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
    await db.client.idempotencyKey.createMany({ data: Array.from({ length: 1_100 }, (_, index) => row(index, past)) });
    await db.client.idempotencyKey.createMany({ data: [row(0, future)] });
    expect(await retention.expireIdempotencyKeys()).toBe(1_100);
    expect(await db.client.idempotencyKey.count()).toBe(1);

    await db.client.limiterCell.createMany({
      data: [
        { key: 'used', tat: new Date() },
        { key: 'free', tat: new Date(Date.now() - 25 * hour) },
      ],
    });
    expect(await retention.expireLimiterCells()).toBe(1);
    expect((await db.client.limiterCell.findMany()).map((cell) => cell.key)).toEqual(['used']);
  });

  it('gives up dead letters that nobody has dealt with, forgets closed ones, and keeps the others', async () => {
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
    const letter = async (contentId: number, more: object) => {
      const id = uuidv7();
      const row = {
        id,
        taskId: uuidv7(),
        name: 'content.parse',
        queue: 'parse',
        payload: { content_id: contentId },
        contentId,
        reason: 'non_retryable',
        errorType: 'NotFound',
        error: 'gone',
        detail: {},
        attempts: 1,
        fingerprint: 'f',
      };
      await db.client.deadLetter.create({ data: { ...row, ...more } });
      return id;
    };
    const [old, recent] = [
      await letter(1, { createdAt: ago(366) }),
      await letter(2, { createdAt: ago(364) }),
      await letter(3, { createdAt: ago(400), replayedAt: ago(31), replayedTaskId: uuidv7() }),
      await letter(4, { createdAt: ago(400), discardedAt: ago(31) }),
    ];
    const kept = await letter(5, { createdAt: ago(400), discardedAt: ago(29) });
    const { id: waiting } = await db.client.task.findFirstOrThrow();
    const paced = await letter(6, { createdAt: ago(400), replayedAt: ago(31), replayedTaskId: waiting });

    expect(await retention.discardOldDeadLetters(365)).toBe(1);
    expect(await db.client.deadLetter.findUniqueOrThrow({ where: { id: old } })).toMatchObject({
      note: 'nobody has dealt with it for 365 days',
      closedBy: null,
    });
    const events = await db.client.$queryRaw<unknown[]>`SELECT 1 FROM events WHERE type = 'task.discarded'`;
    expect(events).toHaveLength(1);
    expect(await retention.expireClosedDeadLetters(30)).toBe(2);
    const left = (await db.client.deadLetter.findMany()).map(({ id }) => id);
    expect(left.sort()).toEqual([old, recent, kept, paced].sort());
    expect(await retention.discardOldDeadLetters(365)).toBe(0);
  });
});
