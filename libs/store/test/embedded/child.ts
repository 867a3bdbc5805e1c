import { DataDirLock, EmbeddedPostgres } from '../../src/embedded/index.ts';
import { quiet } from './quiet.ts';

/**
 * A process that the tests kill: it takes the data directory's lock, or starts the embedded Postgres, says so on stdout in one line of
 * JSON, and stays until it is killed or its stdin ends.
 *
 *   node --import scripts/source.mjs child.ts lock|postgres <dataDir> [<uid to become>]
 */
const [mode, dataDir = '', uid] = process.argv.slice(2);

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function up(): Promise<() => Promise<void>> {
  if (mode === 'lock') {
    await new Promise((resolve) => process.stdin.once('data', resolve)); // all contenders are let go at once
    const lock = await DataDirLock.acquire(dataDir);
    say({ ok: true });
    return () => lock.release();
  }
  const postgres = await EmbeddedPostgres.start({ dataDir, logger: quiet });
  say({ ok: true, url: postgres.url, pid: postgres.pid });
  return () => postgres.stop();
}

if (uid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
try {
  const down = await up();
  process.stdin.on('end', () => void down().then(() => process.exit(0)));
  process.stdin.resume();
} catch (error) {
  const { name, message } = error as Error;
  say({ ok: false, name, message });
  process.exit(1);
}
