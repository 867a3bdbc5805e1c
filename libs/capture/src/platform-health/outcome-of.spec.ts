import { describe, expect, it } from '@jest/globals';
import {
  AccessDenied,
  BadPayload,
  InfrastructureError,
  Later,
  NetworkError,
  NotFound,
  Overloaded,
  RateLimited,
  Refused,
  Unsupported,
  UpstreamError,
} from '@vaultstream/contracts';
import { outcomeOf } from './outcome-of.ts';

describe('outcomeOf', () => {
  it.each([
    ['sick', [new UpstreamError('502'), new NetworkError('no answer'), new RateLimited('-352')]],
    ['absent', [new NotFound('deleted'), new Unsupported('a kind'), new Refused('private address')]],
    ['failed', [new AccessDenied('login'), new BadPayload('not JSON'), new TypeError('a bug'), 'a string']],
    [null, [new Later('wait'), new InfrastructureError('no database'), new Overloaded('no time')]],
  ])('is %s for what says that', (outcome, errors) => {
    expect(errors.map(outcomeOf)).toEqual(errors.map(() => outcome));
  });
});
