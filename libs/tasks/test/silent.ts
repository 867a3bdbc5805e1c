import { createLogger } from '@vaultstream/runtime';
import { PassThrough } from 'node:stream';

/** A logger that nobody hears. */
export const silent = createLogger('test', { level: 'fatal', format: 'json', stream: new PassThrough() });
