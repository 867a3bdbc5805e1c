import { InfrastructureError, isVaultError } from '@vaultstream/contracts';

/** What an operator can do about it, by the code that S3 (or the system) gives. It is shown in `/health`: no address, no key. */
const explanations: Record<string, string> = {
  NoSuchBucket: 'there is no such bucket (STORAGE_S3_BUCKET)',
  AccessDenied: 'access is denied: look at STORAGE_S3_ACCESS_KEY and what it may do',
  InvalidAccessKeyId: 'STORAGE_S3_ACCESS_KEY is not known there',
  SignatureDoesNotMatch: 'STORAGE_S3_SECRET_KEY is wrong, or a proxy changes requests',
  CredentialsProviderError: 'there are no credentials (STORAGE_S3_ACCESS_KEY, STORAGE_S3_SECRET_KEY)',
  ExpiredToken: 'the credentials have expired',
  RequestTimeTooSkewed: 'its clock and ours differ by more than 15 minutes',
  AuthorizationHeaderMalformed: 'STORAGE_S3_REGION is not the region of the bucket',
  PermanentRedirect: 'STORAGE_S3_REGION or STORAGE_S3_ENDPOINT is not that of the bucket',
  SlowDown: 'the object store is overloaded',
  ServiceUnavailable: 'the object store is overloaded',
  XMinioStorageFull: 'the object store is full',
  InsufficientStorage: 'the object store is full',
  QuotaExceeded: 'the quota of the bucket is used up',
  XMinioAdminBucketQuotaExceeded: 'the quota of the bucket is used up',
  BadDigest: 'bytes were damaged on their way',
  XAmzContentChecksumMismatch: 'bytes were damaged on their way',
  IncompleteBody: 'bytes were lost on their way',
  ECONNREFUSED: 'the object store does not answer (STORAGE_S3_ENDPOINT)',
  ENOTFOUND: 'the name of the object store is not known (STORAGE_S3_ENDPOINT)',
  EAI_AGAIN: 'the name of the object store is not known (STORAGE_S3_ENDPOINT)',
  TimeoutError: 'the object store does not answer in time',
};

/** For answers without a readable body: those to HEAD, and those of proxies. */
const byStatus: Record<number, string> = {
  301: 'STORAGE_S3_REGION or STORAGE_S3_ENDPOINT is not that of the bucket',
  401: 'access is denied: look at STORAGE_S3_ACCESS_KEY and what it may do',
  403: 'access is denied: look at STORAGE_S3_ACCESS_KEY, STORAGE_S3_SECRET_KEY and what they may do',
  503: 'the object store is overloaded',
  507: 'the object store is full',
};

/** How long to wait before the store is tried again: milliseconds. */
const retryAfterMs = 5_000;

/** Code and HTTP status of a failed request, as far as there was an answer. */
export function s3Failure(error: unknown): { code: string; status: number | undefined } {
  if (typeof error !== 'object' || error === null) return { code: 'unknown', status: undefined };
  const { name, code, $metadata } = error as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const named = [name === 'Error' ? code : name, name].find((word) => typeof word === 'string');
  return { code: named ?? 'unknown', status: $metadata?.httpStatusCode };
}

/**
 * Turns a failed request into an InfrastructureError that says in one line what is wrong: every failure, since what is "not there" is
 * decided before. Errors of our own family pass.
 * @param doing Such as `blob storage cannot be written`.
 */
export function s3Error(doing: string, error: unknown): Error {
  if (isVaultError(error)) return error;
  const { code, status } = s3Failure(error);
  const why = explanations[code] ?? (status === undefined ? undefined : byStatus[status]);
  const answer = status === undefined ? 'the connection failed' : `the object store answers ${status}`;
  const text = `${doing}: ${why ?? `${answer} (${code})`}`;
  return new InfrastructureError(text, { cause: error, retryAfterMs, ...(status === undefined ? {} : { status }) });
}
