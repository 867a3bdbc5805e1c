import { parseArgs } from 'node:util';
import { startSandbox } from './sandbox.ts';

/** `node dist/main.js [--port 9901]`: the sandbox as a process. The first line on stdout is JSON: `url` and `hosts`. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const sandbox = await startSandbox({ port: Number(values.port) });
  process.stdout.write(`${JSON.stringify({ url: sandbox.url, hosts: sandbox.hosts })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'the sandbox did not start'}\n`);
  process.exit(1);
});
