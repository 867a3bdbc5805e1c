import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figure } from './measure.ts';
import { reads } from './reads.ts';
import { Services } from './services.ts';
import { shareRate } from './shares.ts';
import { pickUp, taskPath } from './task-path.ts';

interface BenchOptions {
  /** Rows of the larger table of contents. */
  contents: number;
}

const parts: Record<string, (services: Services, options: BenchOptions) => Promise<Figure[]>> = {
  tasks: async (services) => [await taskPath(services)],
  pickup: pickUp,
  shares: shareRate,
  reads,
};

/** Runs the parts one after another, prints a table and writes it as JSON. Exits with 1 for bad options only: a figure is not a test. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: Object.keys(parts).join(',') },
      contents: { type: 'string', default: '1000000' },
      out: { type: 'string', default: 'bench.json' },
    },
  });
  const wanted = values.only.split(',');
  const unknown = wanted.filter((name) => parts[name] === undefined);
  if (unknown.length > 0) {
    console.error(`--only knows ${Object.keys(parts).join(', ')}, not ${unknown.join(', ')}`);
    process.exit(1);
  }
  const services = await Services.start();
  const figures: Figure[] = [];
  // Postgres is out of reach of a Ctrl-C: it must be ended in order.
  let abandoned: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void (abandoned ??= services.stop().finally(() => process.exit(1))));
  try {
    for (const name of wanted) {
      console.error(`${name} ...`);
      figures.push(...((await parts[name]?.(services, { contents: Number(values.contents) })) ?? []));
    }
  } finally {
    await services.stop();
  }
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  console.log(`\n${machine}`);
  console.table(
    figures.map(({ name, ours, bare, unit, ratio, goal, met }) => ({
      what: name,
      ours: `${ours.toPrecision(3)} ${unit}`,
      yardstick: `${bare.toPrecision(3)} ${unit}`,
      ratio: ratio.toFixed(2),
      goal,
      met: met ? 'yes' : 'NO',
    })),
  );
  await writeFile(values.out, `${JSON.stringify({ machine, at: new Date().toISOString(), figures }, null, 2)}\n`);
  console.log(`written to ${values.out}`);
}
