import { publish, stage } from '../src/local/durable-files.ts';

/**
 * For specs: a process that is killed at a named moment of a write. Imports nothing of the workspace, so that Node runs it as it is.
 *
 *   node crash-child.ts <moment> <staging folder> <final path> <length>
 */
const [moment, folder = '', path = '', length = '0'] = process.argv.slice(2);

const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
};

function* bytes(): Generator<Uint8Array> {
  const half = Math.floor(Number(length) / 2);
  yield Buffer.alloc(half, 1);
  if (moment === 'half-written') die();
  yield Buffer.alloc(Number(length) - half, 2);
}

const staged = await stage(folder, bytes());
if (moment === 'before-rename') die();
await publish(staged, path);
if (moment === 'after-rename') die();
