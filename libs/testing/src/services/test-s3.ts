import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '@vaultstream/store/embedded';
import { tempDir } from '../temp-dir.ts';
import { required } from './required.ts';
import { ServiceProcess } from './service-process.ts';

/** Where an S3 is and how to enter it. */
export interface S3Access {
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
}

/** Whether tests can have an S3: the one of TEST_S3_ENDPOINT, or a MinIO of their own. Where CI=true, one must be there. */
export const s3IsHere = (): boolean =>
  process.env.TEST_S3_ENDPOINT !== undefined || required('MinIO', 'TEST_MINIO') !== null;
/** Whether it is one that a test may stop and start. */
export const ownS3IsHere = (): boolean => required('MinIO', 'TEST_MINIO') !== null;

/**
 * The S3 that the environment names: TEST_S3_ENDPOINT, TEST_S3_REGION, TEST_S3_ACCESS_KEY, TEST_S3_SECRET_KEY (the defaults are those of a fresh
 * MinIO). Undefined: start one with TestS3.
 */
export function givenS3(): S3Access | undefined {
  const { TEST_S3_ENDPOINT, TEST_S3_REGION, TEST_S3_ACCESS_KEY, TEST_S3_SECRET_KEY } = process.env;
  if (!TEST_S3_ENDPOINT) return undefined;
  return {
    endpoint: TEST_S3_ENDPOINT,
    region: TEST_S3_REGION ?? 'us-east-1',
    accessKey: TEST_S3_ACCESS_KEY ?? 'minioadmin',
    secretKey: TEST_S3_SECRET_KEY ?? 'minioadmin',
  };
}

/** A name that no other test uses. The driver makes the bucket. */
export const newBucket = (): string => `vs-test-${randomUUID()}`;

/** A real MinIO of one test suite on a free port of 127.0.0.1. `remove` it in `afterAll`. */
export class TestS3 extends ServiceProcess implements S3Access {
  readonly endpoint: string;
  readonly region = 'us-east-1';
  readonly accessKey = 'minioadmin';
  readonly secretKey = 'minioadmin';

  private constructor(
    program: string,
    ports: readonly [service: number, console: number],
    folder: string,
    private readonly removeFolder: () => Promise<void>,
  ) {
    const endpoint = `http://127.0.0.1:${ports[0]}`;
    super({
      program,
      args: [
        ...['server', '--quiet', '--address', `127.0.0.1:${ports[0]}`, '--console-address', `127.0.0.1:${ports[1]}`],
        join(folder, 'objects'),
      ],
      env: {
        MINIO_ROOT_USER: 'minioadmin',
        MINIO_ROOT_PASSWORD: 'minioadmin',
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
      },
      log: join(folder, 'minio.log'),
      probe: async () => {
        const answer = await fetch(`${endpoint}/minio/health/cluster`);
        if (!answer.ok) throw new Error(`MinIO answers ${answer.status}`);
      },
    });
    this.endpoint = endpoint;
  }

  /** @throws when there is no MinIO: ask `ownS3IsHere` first. */
  static async start(): Promise<TestS3> {
    const program = required('MinIO', 'TEST_MINIO');
    if (program === null) throw new Error('there is no MinIO');
    const folder = await tempDir();
    const s3 = new TestS3(program, [await freePort(), await freePort()], folder.path, folder.remove);
    await s3.start();
    return s3;
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.removeFolder();
  }
}
