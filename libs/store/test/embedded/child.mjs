/**
 * A process that the tests kill: it takes the data directory's lock, or starts the embedded Postgres, says so on stdout in one line of
 * JSON, and stays until it is killed or its stdin ends.
 *
 *   node child.mjs lock|postgres <dataDir> [<uid to become>]
 */
import '../../../../scripts/source.mjs';

const { DataDirLock, EmbeddedPostgres } = await import('../../src/embedded/index.ts');
const [mode, dataDir, uid] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

if (uid) {
  process.setgroups([]);
  process.setgid(Number(uid));
  process.setuid(Number(uid));
}
try {
  if (mode === 'lock') {
    await new Promise((resolve) => process.stdin.once('data', resolve)); // all contenders are let go at once
    const lock = await DataDirLock.acquire(dataDir);
    say({ ok: true });
    process.stdin.on('end', () => lock.release().then(() => process.exit(0)));
  } else {
    const postgres = await EmbeddedPostgres.start({ dataDir, logger });
    say({ ok: true, url: postgres.url, pid: postgres.pid });
    process.stdin.on('end', () => postgres.stop().then(() => process.exit(0)));
  }
  process.stdin.resume();
} catch (error) {
  say({ ok: false, name: error.name, message: error.message });
  process.exit(1);
}
