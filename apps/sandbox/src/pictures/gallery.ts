import { createHash } from 'node:crypto';
import type { Answer } from '../server/service.ts';
import { jpeg } from './jpeg.ts';
import { png } from './png.ts';
import { seedOf } from './scene.ts';

/** Pixels of one side, at most. */
const maxSide = 4_000;
const made = new Map<string, Buffer>();

/**
 * A picture by its file name, such as `harbour-640x360.png`: the words are what is on it, so that one name is always the same bytes. Null
 * for what is no such name. A name that begins with `broken-` has the right magic bytes and nothing behind them.
 */
export function picture(fileName: string): Answer | null {
  const [, name = '', width = '0', height = '0', type] = /^([\w-]+?)-(\d+)x(\d+)\.(png|jpg)$/.exec(fileName) ?? [];
  if (type === undefined || Math.max(Number(width), Number(height)) > maxSide) return null;
  const draw = type === 'png' ? png : jpeg;
  const whole = made.get(fileName) ?? draw(Number(width), Number(height), seedOf(name));
  made.set(fileName, whole);
  const body = name.startsWith('broken-') ? Buffer.concat([whole.subarray(0, 12), Buffer.alloc(500, 7)]) : whole;
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  return { status: 200, headers: { 'content-type': type === 'png' ? 'image/png' : 'image/jpeg', etag }, body };
}
