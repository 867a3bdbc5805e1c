import { parseArgs } from 'node:util';
import type { Kind } from './member.ts';

/** What the command line of `npm run scale` says. */
export interface ScaleOptions {
  counts: Record<Kind, number>;
  /** Port of the load balancer; undefined: a free one. */
  port: number | undefined;
  /** End as soon as everything is up. */
  once: boolean;
}

/** How to call it. */
export const usage =
  'npm run scale -- [--api 2] [--parse 2] [--media 2] [--push 2] [--scheduler 1] [--port 8000] [--once]';

/** More processes of one kind than a desk machine can carry. */
const most = 32;

/**
 * @param defaultPort Where the balancer listens unless `--port` says otherwise; 0 takes a free port.
 * @throws Error with the usage.
 */
export function readScaleOptions(args: string[], defaultPort: number): ScaleOptions {
  const number = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: {
        api: number,
        parse: number,
        media: number,
        push: number,
        scheduler: number,
        port: number,
        once: { type: 'boolean' },
      },
    });
    const count = (name: 'api' | 'parse' | 'media' | 'push' | 'scheduler', fallback: number) =>
      whole(`--${name}`, values[name], fallback, 0, most);
    const port = whole('--port', values.port, defaultPort, 0, 65_535);
    return {
      counts: {
        // Without an API nobody could ask for anything.
        api: Math.max(1, count('api', 2)),
        'parse-worker': count('parse', 2),
        'media-worker': count('media', 2),
        'push-dispatcher': count('push', 2),
        scheduler: count('scheduler', 1),
      },
      port: port === 0 ? undefined : port,
      once: values.once ?? false,
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error });
  }
}

function whole(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new Error(`${name} must be a number from ${min} to ${max}`);
  return value;
}
