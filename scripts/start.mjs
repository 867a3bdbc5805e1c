/**
 * `npm start`: installs what is missing, builds what is stale, then becomes VaultStream: one process with everything embedded.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, envFile, pinnedNode, readFlags, root } from './lib/workspace.mjs';

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node 20 or newer is needed to install VaultStream; this is ${process.version}`);
  process.exit(1);
}
readFlags(
  'npm start: runs VaultStream until Ctrl-C. Settings are environment variables, or lines of a file .env: .env.example explains each.',
);
ensureInstalled();
ensureBuilt();

const args = [
  ...envFile(),
  // MiB. Young objects of an idle server need no more; the default of 16 keeps some 20 MiB for nothing.
  '--max-semi-space-size=2',
  join(root, 'apps/standalone/dist/main.js'),
];
if (typeof process.execve === 'function' && process.platform !== 'win32') {
  // Replaces this process: no wrapper stays in memory and signals arrive where they belong.
  process.execve(pinnedNode(), [pinnedNode(), ...args], process.env);
}
const child = spawn(pinnedNode(), args, { stdio: 'inherit' });
// A terminal's Ctrl-C reaches the child by itself; a signal sent to us alone is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
