import { v7 } from 'uuid';

const sane = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's own id where it is sane (letters, digits, `.`, `_`, `-`; up to 128), else a new UUIDv7. */
export function requestIdFrom(header: string | string[] | undefined): string {
  return typeof header === 'string' && sane.test(header) ? header : v7();
}
