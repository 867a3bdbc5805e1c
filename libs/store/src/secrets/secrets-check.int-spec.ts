import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@vaultstream/testing';
import { quiet } from '../../test/embedded/quiet.ts';
import { Database } from '../database/database.ts';
import { Settings } from '../settings/settings.ts';
import { SecretBox } from './secret-box.ts';
import { checkSecretsKey } from './secrets-check.ts';
import { SecretsHealth } from './secrets-health.ts';

const [ours, theirs] = [randomBytes(32), randomBytes(32)];

let database: TestDatabase;
let db: Database;
beforeEach(async () => {
  database = await testDatabase();
  db = new Database({ url: database.url });
});
afterEach(async () => {
  await db.close();
  await database.drop();
});

const start = (key: Buffer, lost = false) => checkSecretsKey(database.url, { keys: [key], lost, logger: quiet });
const health = (key: Buffer) => new SecretsHealth(db, new SecretBox([key])).check();
const settingsWith = (key: Buffer) => new Settings(db, new SecretBox([key]));
const putSecret = (key: Buffer) =>
  db.transact((tx) => settingsWith(key).put(tx, { key: 'a.secret', value: 'x', secret: true }));

describe('the key for secrets', () => {
  it('is the same at every start, or is refused in one line that names both', async () => {
    await start(ours);
    await start(ours);
    await expect(start(theirs)).rejects.toMatchObject({
      name: 'InfrastructureError',
      message: expect.stringMatching(
        new RegExp(
          `^The key for secrets [^\\n]* \\(its id is ${new SecretBox([ours]).keyId}, not ${new SecretBox([theirs]).keyId}\\)[^\\n]*SECRETS_KEY_LOST=true[^\\n]*$`,
        ),
      ),
    });
    expect(await settingsWith(ours).list()).toEqual([]);
  });

  it('is one of two when two replicas with different keys start at once', async () => {
    for (let round = 0; round < 5; round++) {
      await db.client.$executeRaw`DELETE FROM settings`;
      const ends = await Promise.allSettled([start(ours), start(theirs), start(ours), start(theirs)]);
      const fine = ends.map(({ status }) => status === 'fulfilled');
      expect(fine).toEqual(fine[0] ? [true, false, true, false] : [false, true, false, true]);
    }
  });

  it('is known from the secrets of a database that has no check value yet', async () => {
    await putSecret(theirs);
    await expect(start(ours)).rejects.toThrow(new SecretBox([theirs]).keyId);
    await start(theirs);
    await start(theirs);
  });

  it('may be given up on purpose: the secrets that went with it are counted until they are set anew', async () => {
    await start(theirs);
    await putSecret(theirs);
    expect(await health(theirs)).toEqual({ status: 'ok' });
    expect(await health(ours)).toMatchObject({
      status: 'down',
      detail: expect.stringContaining('another SECRETS_KEY'),
    });
    await start(ours, true);
    await expect(start(theirs)).rejects.toThrow('not the one');
    expect(await health(ours)).toMatchObject({ status: 'down', detail: expect.stringMatching(/^1 secret was sealed/) });
    await putSecret(ours);
    expect(await health(ours)).toEqual({ status: 'ok' });
    // What still runs with the key that was given up is found too.
    expect((await health(theirs)).status).toBe('down');
  });
});
