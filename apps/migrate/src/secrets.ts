import { parseArgs } from 'node:util';
import { ensureComposeSecrets, readAdminToken, renewAdminToken } from './compose-secrets.ts';

const usage = `secrets [make]        makes what is missing of the secrets that the services share
secrets token         shows the admin token
secrets token --new   puts another one in its place: then restart the API`;

/** The `secrets` service of docker-compose.yml. What a person asked for goes to stdout, and nothing else. */
function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { dir: { type: 'string', default: '/secrets' }, new: { type: 'boolean', default: false } },
  });
  const [command = 'make'] = positionals;
  if (command === 'make') {
    const written = ensureComposeSecrets(values.dir);
    process.stderr.write(written.length === 0 ? 'all secrets are there\n' : `made ${written.join(', ')}\n`);
  } else if (command === 'token') {
    process.stdout.write(`${values.new ? renewAdminToken(values.dir) : readAdminToken(values.dir)}\n`);
  } else throw new Error(`there is no command ${command}\n\n${usage}`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
