import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.ts';

/**
 * `node dist/main.js [--port 9901] [--host 127.0.0.1] [--public-url http://sandbox:9901]`: the sandbox as a process. The first line on
 * stdout is JSON: `url` and `hosts`. With `--hosts` it says what to put into FETCH_HOST_OVERRIDES, and ends.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      host: { type: 'string', default: '127.0.0.1' },
      'public-url': { type: 'string' },
      hosts: { type: 'boolean', default: false },
    },
  });
  const { port, host, 'public-url': publicUrl } = values;
  const sandbox = await startSandbox({ port: Number(port), host, ...(publicUrl !== undefined && { publicUrl }) });
  if (values.hosts) {
    process.stdout.write(`FETCH_HOST_OVERRIDES=${sandbox.hosts}\n`);
    return sandbox.stop();
  }
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, hosts: sandbox.hosts })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'the sandbox did not start'}\n`);
  process.exit(1);
});
