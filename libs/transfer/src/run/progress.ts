/** Hears how far an import is. */
export interface Progress {
  /** @param done Of `total` rows. */
  at(label: string, done: number, total: number): void;
  end(): void;
}

/** Where progress is written. */
export interface ProgressStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Characters of the bar. */
const width = 30;
/** Without a terminal: one line each so many per cent. */
const lineStep = 10;

/** A bar on a terminal that redraws itself; plain lines elsewhere, one each ten per cent. */
export function createProgress(stream: ProgressStream): Progress {
  let last = '';
  return {
    at(label, done, total) {
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const filled = Math.floor(share * width);
      const percent = Math.floor((share * 100) / lineStep) * lineStep;
      const line = stream.isTTY
        ? `${label.padEnd(10)} [${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done}/${total}`
        : `${label}: ${percent} %`;
      if (line === last) return;
      last = line;
      stream.write(stream.isTTY ? `\r\u001b[K${line}` : `${line} (${done} of ${total})\n`);
    },
    end() {
      if (stream.isTTY && last !== '') stream.write('\n');
    },
  };
}
