import { writeFile } from 'node:fs/promises';
import { look, type Verdict } from './check.ts';
import { readOptions, type ChaosOptions } from './options.ts';
import { asJson, failed, resultOf, table, type Result } from './report.ts';
import type { Row } from './row.ts';
import { rows as all } from './rows/index.ts';
import { Stage } from './stage.ts';
import type { World } from './world.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Runs the rows one after the other and prints their table. @returns the exit code: 0, or 1 when a row does not hold, or 2 for bad options. */
export async function main(args: readonly string[]): Promise<number> {
  let options: ChaosOptions;
  try {
    options = readOptions(args, all);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
  const results: Result[] = [];
  const note = (result: Result) => {
    results.push(result);
    say(table([result]));
  };
  const stage = await Stage.open(say, async (world) => note(await lastLook(world)));
  // Postgres is out of reach of a Ctrl-C: it must be ended in order.
  let abandoned: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void (abandoned ??= stage.abandon().finally(() => process.exit(1))));
  try {
    for (const row of options.rows) note(await carryOut(row, stage, options));
  } finally {
    await stage.close();
  }
  say(`\n${table(results)}\n`);
  if (options.json !== undefined) await writeFile(options.json, asJson(results, options.full));
  return results.every(({ ok, skipped }) => ok || skipped) ? 0 : 1;
}

async function carryOut(row: Row, stage: Stage, options: ChaosOptions): Promise<Result> {
  say(`\n${row.id}: ${row.title} ...`);
  const began = performance.now() - stage.settingMs;
  const seconds = () => (performance.now() - stage.settingMs - began) / 1_000;
  try {
    const tally = await row.run(stage, options);
    return resultOf(row, tally, seconds());
  } catch (error) {
    return failed(row, error, seconds());
  }
}

/** Everything that a world was given, once more at its end: what comes late must not come twice either. */
async function lastLook(world: World): Promise<Result> {
  const row: Row = {
    id: 'all',
    title: `everything above, once more: ${world.kind}`,
    inCi: true,
    run: () => Promise.reject(new Error()),
  };
  try {
    const verdicts: Verdict[] = [];
    for (const batch of world.batches) verdicts.push(await look(batch));
    const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
    const tally = {
      acknowledged: sum(({ acknowledged }) => acknowledged),
      done: sum(({ done }) => done),
      lost: sum(({ lost }) => lost),
      twice: sum(({ twice }) => twice),
      stuck: verdicts.at(-1)?.stuck ?? 0,
      kills: 0,
      broken: [],
      notes: [],
    };
    return resultOf(row, tally, 0);
  } catch (error) {
    return failed(row, error, 0);
  }
}
