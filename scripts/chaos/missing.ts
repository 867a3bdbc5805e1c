import { ownS3IsHere, redisIsHere } from '@vaultstream/testing';

/** A program that a row needs cannot be had on this machine. Where CI=true, that is a failure instead. */
export class Missing extends Error {}

/** @throws Missing when there is no redis-server. */
export function expectRedis(): void {
  if (!redisIsHere()) throw new Missing('needs redis-server (or valkey): install it');
}

/** @throws Missing when there is no MinIO. */
export function expectS3(): void {
  if (!ownS3IsHere()) throw new Missing('needs MinIO: install it, or Go so that it can be built');
}
