import { describe, expect, it } from '@jest/globals';
import { Conflict } from '@vaultstream/contracts';
import { explain } from './explain.ts';

describe('explain', () => {
  it.each([
    ['FATAL:  could not write to file "pg_wal/xlogtemp.9": No space left on device', /disk .* is full/],
    ["ENOSPC: no space left on device, write '/data/postgres-password.new'", /disk .* is full/],
    ["EROFS: read-only file system, mkdir '/data'", /read-only file system/],
    ["ENOENT: no such file or directory, mkdir '/data'", /cannot be made: the file system is read-only .* DATA_DIR/],
    ["EACCES: permission denied, mkdir '/data'", /cannot be written by this user/],
    ['FATAL:  data directory "/data/postgres" has wrong ownership', /belongs to another user/],
    ['initdb: error: could not look up effective user ID 1234: user does not exist', /no entry in \/etc\/passwd/],
    [
      'LOG:  starting\nFATAL:  something new\nLOG:  database system is shut down',
      /does not start: FATAL: {2}something new$/,
    ],
  ])('%s', (text, line) => {
    const error = explain(new Error(text), '/data');
    expect(error).toMatchObject({ name: 'InfrastructureError', disposition: 'infrastructure' });
    expect(error.message).toMatch(line);
    expect(error.message).not.toContain('\n');
  });

  it('leaves errors of the family alone', () => {
    const conflict = new Conflict('in use');
    expect(explain(conflict, '/data')).toBe(conflict);
  });
});
