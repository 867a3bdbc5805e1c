import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { figuresOf, type Figure, type Sample } from './measure.ts';
import { fullSizes, quickSizes, type BenchOptions } from './options.ts';
import { pages } from './pages.ts';
import { peers } from './peers/peers.ts';
import { endToEnd, pictures } from './pictures.ts';
import { reads } from './reads.ts';
import { Services } from './services.ts';
import { shareRate } from './shares.ts';
import { pickUp, taskPath } from './task-path.ts';

const parts: Record<string, (services: Services, options: BenchOptions) => Promise<Sample[]>> = {
  tasks: taskPath,
  peers,
  pickup: pickUp,
  shares: shareRate,
  pages,
  pictures,
  'end-to-end': endToEnd,
  reads,
};

/**
 * Runs the parts one after another, then all of them once more for each further round, prints a table and writes it as JSON. Exits with 1 for bad
 * options and for a part that did not work; a figure is not a test.
 */
export async function main(args: string[]): Promise<void> {
  const { wanted, rounds, out, options } = readArguments(args);
  const services = await Services.start();
  const samples: Sample[] = [];
  // Postgres is out of reach of a Ctrl-C: it must be ended in order.
  let abandoned: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void (abandoned ??= services.stop().finally(() => process.exit(1))));
  try {
    for (let round = 1; round <= rounds; round++)
      for (const name of wanted) {
        console.error(`round ${round} of ${rounds}: ${name} ...`);
        samples.push(...((await parts[name]?.(services, options)) ?? []));
      }
  } finally {
    await services.stop();
  }
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const figures = figuresOf(samples);
  console.log(`\n${machine}`);
  print(figures);
  await writeFile(out, `${JSON.stringify({ machine, at: new Date().toISOString(), figures, samples }, null, 2)}\n`);
  console.log(`written to ${out}`);
}

function readArguments(args: string[]): { wanted: string[]; rounds: number; out: string; options: BenchOptions } {
  const { values, positionals } = parse(args);
  const wanted = positionals.length > 0 ? positionals : (values.only?.split(',') ?? Object.keys(parts));
  const unknown = wanted.filter((name) => parts[name] === undefined);
  if (unknown.length > 0) refuse(`there are the parts ${Object.keys(parts).join(', ')}, and not ${unknown.join(', ')}`);
  const sizes = { ...(values.quick === true ? quickSizes : fullSizes) };
  if (values.contents !== undefined) sizes.contents = positive('contents', values.contents);
  const rounds = values.rounds === undefined ? (values.quick === true ? 1 : 2) : positive('rounds', values.rounds);
  const { pages: pagesFrom, pictures: picturesFrom, out } = values;
  return { wanted, rounds, out, options: { sizes, pages: pagesFrom, pictures: picturesFrom } };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean' },
        rounds: { type: 'string' },
        contents: { type: 'string' },
        pages: { type: 'string' },
        pictures: { type: 'string' },
        out: { type: 'string', default: 'bench.json' },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0
    ? value
    : refuse(`--${name} takes a whole number above 0, not ${text}`);
}

function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}

function print(figures: readonly Figure[]): void {
  console.table(
    figures.map(({ name, ours, bare, unit, ratio, spread, rounds, goal, met }) => ({
      what: name,
      ours: `${ours.toPrecision(3)} ${unit}`,
      yardstick: `${bare.toPrecision(3)} ${unit}`,
      ratio: ratio.toFixed(2),
      spread: rounds > 1 ? spread.map((end) => end.toFixed(2)).join('..') : '',
      goal,
      met: met === null ? '' : met ? 'yes' : 'NO',
    })),
  );
}
