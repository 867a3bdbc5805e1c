import { describe, expect, it } from '@jest/globals';
import { InfrastructureError, Refused } from '@vaultstream/contracts';
import { diskError } from './disk-error.ts';

const failure = (code: string): Error => Object.assign(new Error(`${code}: no, open '/secret/path'`), { code });

describe('diskError', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the disk is read-only'],
    ['EACCES', 'permission is denied'],
    ['EXDEV', 'the system says EXDEV'],
  ])('J33: %s is an infrastructure error: %s', (code, why) => {
    const error = diskError('blob storage cannot be written', failure(code));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error.message).toBe(`blob storage cannot be written: ${why}`);
  });

  it('leaves our own errors alone', () => {
    const refused = new Refused('no');
    expect(diskError('x', refused)).toBe(refused);
  });
});
