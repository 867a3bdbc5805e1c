import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { BlobsModule } from '@vaultstream/blobs';
import { createLogger, Env, RuntimeModule } from '@vaultstream/runtime';
import { StoreModule } from '@vaultstream/store';
import { tempDir, testDatabase, type TestDatabase } from '@vaultstream/testing';
import { ImageConverter } from './convert/image-converter.ts';
import { GarbageCollector, VaultHandlers, VaultWorkerModule } from './index.ts';

let database: TestDatabase;
let folder: Awaited<ReturnType<typeof tempDir>>;

beforeAll(async () => {
  [database, folder] = await Promise.all([testDatabase(), tempDir()]);
}, 60_000);
afterAll(() => Promise.all([database.drop(), folder.remove()]));

describe('VaultWorkerModule', () => {
  it('gives a worker its handlers, and starts no child before the first picture', async () => {
    const secretsKey = randomBytes(32);
    const env = Env.load({ STORAGE_LOCAL_ROOT: folder.path, SECRETS_KEY: secretsKey.toString('base64') });
    const logger = createLogger('test', { level: 'silent', format: 'json' });
    const testing = await Test.createTestingModule({
      imports: [
        RuntimeModule.forRoot({ service: 'test', env, logger }),
        StoreModule.forRoot({ url: database.url, secretsKeys: [secretsKey] }),
        BlobsModule.forRoot(env),
        VaultWorkerModule,
      ],
    }).compile();
    await testing.init();
    const { handlers } = testing.get(VaultHandlers);
    expect(Object.keys(handlers).sort()).toEqual(['blobs.collect', 'blobs.verify', 'media.archive', 'media.render']);
    expect(testing.get(ImageConverter).childPid).toBeUndefined();
    expect(await testing.get(GarbageCollector).collect()).toMatchObject({
      condemned: 0,
      deleted: 0,
      revived: 0,
      bytes: 0,
    });
    await testing.close();
  });
});
