import { describe, expect, it } from '@jest/globals';
import { InfrastructureError, NotFound } from '@vaultstream/contracts';
import { s3Error } from './s3-error.ts';

const answered = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error('no, http://minio:9000/secret'), { name, $metadata: { httpStatusCode } });
const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:9000'), { code: 'ECONNREFUSED' });

describe('s3Error', () => {
  it.each([
    [answered('NoSuchBucket', 404), 'there is no such bucket (STORAGE_S3_BUCKET)'],
    [answered('AccessDenied', 403), 'access is denied: look at STORAGE_S3_ACCESS_KEY and what it may do'],
    [answered('SignatureDoesNotMatch', 403), 'STORAGE_S3_SECRET_KEY is wrong, or a proxy changes requests'],
    [answered('XMinioStorageFull', 507), 'the object store is full'],
    [answered('UnknownError', 403), /^access is denied: .*STORAGE_S3_SECRET_KEY/],
    [answered('NotFound', 404), 'the object store answers 404 (NotFound)'],
    [answered('InternalError', 500), 'the object store answers 500 (InternalError)'],
    [answered('TimeoutError'), 'the object store does not answer in time'],
    [refused, 'the object store does not answer (STORAGE_S3_ENDPOINT)'],
    [answered('SyntaxError'), 'the connection failed (SyntaxError)'],
    [null, 'the connection failed (unknown)'],
  ])('is an infrastructure error that says what is wrong, and no address', (failure, why) => {
    const error = s3Error('it cannot be read', failure);
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error.message.slice('it cannot be read: '.length)).toEqual(
      typeof why === 'string' ? why : expect.stringMatching(why),
    );
    expect(error.message).not.toMatch(/minio:9000|10\.0\.0\.1/);
  });

  it('leaves our own errors alone', () => {
    const missing = new NotFound('no');
    expect(s3Error('x', missing)).toBe(missing);
  });
});
