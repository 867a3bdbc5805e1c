/**
 * The health check of the images: ends with 0 when the process answers 200, with 1 when it does not or takes too long.
 *
 *   node health-check.mjs [http://127.0.0.1:<METRICS_PORT>/readyz]
 */
import { get } from 'node:http';

const [url = `http://127.0.0.1:${process.env.METRICS_PORT || 9464}/readyz`] = process.argv.slice(2);
/** Milliseconds: below the time-out of the health check itself, so that the reason is told. */
const timeout = 8_000;

function fail(why) {
  console.error(why);
  process.exit(1);
}

get(url, { timeout }, (answer) => {
  if (answer.statusCode === 200) process.exit(0);
  fail(`${url} answers ${answer.statusCode}`);
})
  .on('timeout', () => fail(`${url} does not answer`))
  .on('error', (error) => fail(`${url}: ${error.message}`));
