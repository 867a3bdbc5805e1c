export { type AddressVerdict, classifyAddress } from './address.ts';
export { type Budgets, defaultBudgets } from './budgets.ts';
export { GuardedHttp } from './client.ts';
export { decodeText } from './decode.ts';
export { FetchFailure, surelyNotSent } from './errors.ts';
export { RequestFetches, type FetchAt } from './request-fetches.ts';
export type { NameResolver } from './resolve.ts';
export { raiseForStatus, retryAfterMs } from './status.ts';
export type { GuardedHttpOptions, GuardedRequest, GuardedResponse } from './types.ts';
