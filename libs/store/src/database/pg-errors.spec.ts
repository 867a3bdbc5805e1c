import { describe, expect, it } from '@jest/globals';
import { InfrastructureError } from '@vaultstream/contracts';
import { translateDatabaseError } from './pg-errors.ts';

const ofState = (code: string) => Object.assign(new Error('no'), { cause: { originalCode: code } });

describe('translateDatabaseError', () => {
  it('says that the database is away for connection errors and shut-downs', () => {
    for (const code of ['08006', '53300', '57P01'])
      expect(translateDatabaseError(ofState(code))).toBeInstanceOf(InfrastructureError);
  });

  it('says so too when nobody answers, and when a lock is not to be had', () => {
    expect(translateDatabaseError(new Error('Query read timeout'))).toBeInstanceOf(InfrastructureError);
    expect(translateDatabaseError(ofState('55P03'))).toMatchObject({ message: 'the database is busy' });
  });

  it('says so too of a standby that was not promoted yet', () => {
    expect(translateDatabaseError(ofState('25006'))).toMatchObject({ message: 'the database is away' });
  });

  it('leaves mistakes of our own as they are, protocol violations too', () => {
    for (const code of ['08P01', '22021', '23505']) {
      const error = ofState(code);
      expect(translateDatabaseError(error)).toBe(error);
    }
  });
});
