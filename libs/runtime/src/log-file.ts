import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { EnvError } from './env.ts';

/** Where lines go beside stdout. */
export interface LogFileOptions {
  path: string;
  /** Bytes after which a new file is begun. */
  maxBytes: number;
  /** Files that are kept, the one that is written among them: `app.log`, `app.log.1` (the newest of the old ones), ... */
  count: number;
}

/** Milliseconds after a failure during which nothing is tried; lines are counted as lost meanwhile. */
const retryMs = 1_000;
/** Milliseconds between two looks whether the path is still our file: another process or logrotate may have moved it. */
const lookMs = 5_000;

/**
 * A log file with rotation that never stops its process: what cannot be written (a full disk, a folder that is gone) is counted as lost and
 * tried anew a second later. Written at once, like stdout, so that the last lines before a crash are there; our own and no transport of the
 * logger's, because an error in one of its worker threads ends the process.
 */
export class LogFile {
  /** Lines that could not be written. */
  lost = 0;
  private fd: number | undefined;
  private size = 0;
  private failedAt = Number.NEGATIVE_INFINITY;
  private lookedAt = 0;
  /** The file ends in the middle of a line. */
  private torn = false;

  private readonly options: LogFileOptions;
  private readonly now: () => number;

  // No parameter properties: programs that tests run uncompiled import this.
  private constructor(options: LogFileOptions, now: () => number) {
    this.options = options;
    this.now = now;
  }

  /**
   * Makes the folder and opens the file. A full disk is no reason not to start.
   * @param now Milliseconds of a clock that only goes forward.
   * @throws EnvError when it never could be written: no permission, a folder in its place.
   */
  static open(options: LogFileOptions, now: () => number = () => performance.now()): LogFile {
    const file = new LogFile(options, now);
    try {
      mkdirSync(dirname(options.path), { recursive: true });
      file.reopen();
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (!['ENOSPC', 'EDQUOT'].includes(code))
        throw new EnvError(`LOG_FILE: ${options.path} cannot be written: ${message}`);
      file.failedAt = now();
    }
    return file;
  }

  /** Folder of the file. */
  get folder(): string {
    return dirname(this.options.path);
  }

  /** Writes a line, with its end. Never throws. */
  write(line: string): void {
    if (this.fd === undefined && this.now() - this.failedAt < retryMs) {
      this.lost++;
      return;
    }
    try {
      this.append(Buffer.from(this.torn ? `\n${line}` : line));
    } catch {
      this.lost++;
      this.failedAt = this.now();
      this.close();
    }
  }

  private append(bytes: Buffer): void {
    if (this.fd === undefined || this.now() - this.lookedAt > lookMs) this.reopen();
    if (this.size > 0 && this.size + bytes.length > this.options.maxBytes) this.rotate();
    for (let written = 0; written < bytes.length;) {
      const more = writeSync(this.fd ?? -1, bytes, written);
      written += more;
      this.size += more;
      this.torn = written < bytes.length;
    }
  }

  /** Opens what the path names now, unless that is the file that we have open. */
  private reopen(): void {
    this.lookedAt = this.now();
    if (this.fd !== undefined && isSame(statOrNull(this.options.path), fstatSync(this.fd))) {
      this.size = fstatSync(this.fd).size;
      return;
    }
    this.close();
    this.fd = openSync(this.options.path, 'a', 0o640);
    this.size = fstatSync(this.fd).size;
  }

  /** Another process that writes here may have been faster: then there is only a new file to open. */
  private rotate(): void {
    const { path, count } = this.options;
    if (this.fd !== undefined && isSame(statOrNull(path), fstatSync(this.fd))) {
      const names = Array.from({ length: count }, (_, index) => (index === 0 ? path : `${path}.${index}`));
      rmSync(names.at(-1) ?? path, { force: true });
      for (const [index, name] of [...names.entries()].toReversed()) {
        const next = names[index + 1];
        if (next !== undefined && existsSync(name)) renameSync(name, next);
      }
    }
    this.close();
    this.reopen();
  }

  private close(): void {
    const { fd } = this;
    this.fd = undefined;
    try {
      if (fd !== undefined) closeSync(fd);
    } catch {
      // A full disk may say so only now: the line is counted already.
    }
  }
}

function statOrNull(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

function isSame(one: Stats | null, other: Stats): boolean {
  return one !== null && one.ino === other.ino && one.dev === other.dev;
}
