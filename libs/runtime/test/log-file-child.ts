/** Logs a hundred lines into the file that it is given, and kills itself. */
import { createLogger } from '../src/logger.ts';

const logger = createLogger('child', {
  level: 'info',
  format: 'json',
  file: { path: process.argv[2] ?? '', maxBytes: 1_000_000, count: 2 },
});
for (let n = 0; n < 100; n++) logger.info({ n }, 'line');
process.kill(process.pid, 'SIGKILL');
