/**
 * `npm run test:images`: builds the images of the Dockerfile, brings docker-compose.yml up and tries it. With `--prepare` only sees to it that Docker
 * and the images that these files ask for are there, and leaves the daemon running, to try things by hand.
 */
import { continueUnderPinnedNode, ensureInstalled, readFlags, run, workspaceEnv } from './lib/workspace.mjs';

const { prepare = false } = readFlags(
  `npm run test:images [-- --prepare]: builds the images, brings docker-compose.yml up and tries it.

  --prepare   only sees to it that Docker runs and the images of others are there: pulled, else stand-ins of Debian's packages`,
  ['prepare'],
);
ensureInstalled({ tools: true });
await continueUnderPinnedNode();
const say = (line) => console.error(line);

if (prepare) {
  await import('./source.mjs');
  const { ensureEngine } = await import('./docker/engine.ts');
  const { officialImages } = await import('./docker/compose-stack.ts');
  const { ensureImages } = await import('./docker/stand-ins.ts');
  const engine = await ensureEngine(say);
  const { official, standIns, missing } = await ensureImages(engine, await officialImages(engine), say);
  say(`official: ${official.join(', ') || 'none'}`);
  say(`stand-ins: ${standIns.join(', ') || 'none'}`);
  say(`not to be had: ${missing.join(', ') || 'none'}`);
  if (engine.env.DOCKER_HOST !== undefined) console.log(`export DOCKER_HOST=${engine.env.DOCKER_HOST}`);
  console.log(`# Compose: ${engine.compose.join(' ')}`);
} else {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const env = workspaceEnv({ TEST_DOCKER: 'true' });
  run(process.execPath, [...flags, '--selectProjects', 'e2e', '--testPathPatterns', 'scripts/docker/'], { env });
}
