import { setPriority } from 'node:os';
import type { ChildMessage, ConvertRequest } from './protocol.ts';

/**
 * The process that decodes strangers' pictures. It may crash, hang or swell: the parent ends it and goes on. Runs as TypeScript
 * (types stripped by Node) and compiled, so it imports nothing of the workspace.
 *
 *   argv[2]: bytes of resident memory beyond which it ends itself.
 */
const memoryLimit = Number(process.argv[2]);
/** Milliseconds between two looks at the memory while a picture is decoded (which happens on other threads). */
const watchMs = 25;

const say = (message: ChildMessage): void => {
  process.send?.(message);
};

/** At once: a normal exit would wait for the decoding threads. */
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

process.on('disconnect', die);

/** Says `ready` once pictures can be converted. @throws whatever keeps the image library from loading. */
async function start(): Promise<void> {
  const [{ encode, Refusal }, { encodePhoto }, { setUpImageLibrary }] = await Promise.all([
    import('./encode.ts'),
    import('./encode-photo.ts'),
    import('./image-library.ts'),
  ]);
  setUpImageLibrary();

  async function answer(request: ConvertRequest): Promise<void> {
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() > memoryLimit) die();
    }, watchMs);
    try {
      const { bytes } = request;
      const image = await ('preset' in request ? encodePhoto(bytes) : encode(bytes, request.quality));
      say({ kind: 'converted', image });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say({ kind: 'refused', reason: error.reason, message: error.message });
    } finally {
      clearInterval(watch);
    }
  }

  process.on('message', (request: ConvertRequest) => void answer(request));
  say({ kind: 'ready' });
}

// Pictures can wait for everything else on this machine.
setPriority(10);
await start().catch((error: unknown) => {
  say({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) });
});
