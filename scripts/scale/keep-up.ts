import type { Child } from './child.ts';

/** Milliseconds: the first pause before a restart and the longest; a life after which the pause is short again. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;
const goodLifeMs = 60_000;

/** Keeps a process up until it is released. */
export interface Keeper {
  release(): void;
}

/** Starts a process again whenever it ends by itself, after a pause that grows while it keeps dying. `say` gets a line for each time. */
export function keepUp(child: Child, say: (line: string) => void): Keeper {
  let pauseMs = firstPauseMs;
  let bornAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  child.onDeath = ({ code, signal }) => {
    if (performance.now() - bornAt > goodLifeMs) pauseMs = firstPauseMs;
    say(`${child.name} has ended with ${signal ?? code}: starting it again in ${pauseMs / 1_000} s`);
    timer = setTimeout(() => {
      bornAt = performance.now();
      child.spawn();
    }, pauseMs);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  };
  return {
    release() {
      clearTimeout(timer);
      child.onDeath = undefined;
    },
  };
}
