import { dirname, join } from 'node:path';
import { writeDevSecrets } from './dev-secrets.ts';
import { writeRelease } from './release.ts';
import { writeRules } from './rules.ts';

const k8s = join(dirname(dirname(import.meta.dirname)), 'k8s');

const usage = 'npm run k8s -- secrets | release <tag> | monitoring';

/** Where lines go. */
interface Output {
  say: (line: string) => void;
  complain: (line: string) => void;
}

/** Runs one command. @returns The exit code: 2 for a command that there is not, 1 for one that failed. */
export function runK8s([command, ...args]: string[], { say, complain }: Output): number {
  try {
    if (command === 'secrets' && args.length === 0) {
      const { file, fresh } = writeDevSecrets(join(k8s, 'overlays/dev'));
      say(fresh ? `made ${file}: keep it as long as the volumes live` : `${file} is there already, and stays as it is`);
    } else if (command === 'release' && args.length === 1)
      for (const file of writeRelease(join(k8s, 'overlays/production'), args[0] ?? '')) say(`wrote ${file}`);
    else if (command === 'monitoring' && args.length === 0) say(`wrote ${writeRules()}`);
    else {
      complain(usage);
      return 2;
    }
    return 0;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
