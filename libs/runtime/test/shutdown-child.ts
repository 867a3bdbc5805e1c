/**
 * A process that does nothing but wait for a signal; run by shutdown.spec.ts on plain Node. Its argument says what else:
 * `slow` has a step that never ends, `pausing` one that takes a moment, `throws` and `rejects` die of an error that nobody handles.
 */
import { createLogger } from '../src/logger.ts';
import { listenToSignals } from '../src/shutdown/process-signals.ts';
import { Shutdown } from '../src/shutdown/shutdown.ts';

const logger = createLogger('child', { level: 'info', format: 'json' });
const shutdown = new Shutdown(logger);
const parentPid = process.env['VS_PARENT_PID'];
listenToSignals(shutdown, logger, { drainMs: 0, parentPid: parentPid === undefined ? undefined : Number(parentPid) });
const alive = setInterval(() => undefined, 1_000);
shutdown.register('children', 'timer', () => clearInterval(alive));

const mode = process.argv[2];
if (mode === 'slow') shutdown.register('workers', 'stuck', () => new Promise(() => undefined), 60_000);
if (mode === 'pausing') shutdown.register('workers', 'busy', () => new Promise((resolve) => setTimeout(resolve, 300)));
logger.info('ready');
if (mode === 'throws') throw new Error('thrown: password=canary-canary');
if (mode === 'rejects') void Promise.reject(new Error('rejected'));
