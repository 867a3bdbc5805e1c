import type { Child } from './child.ts';

/** Milliseconds: the first pause before a restart and the longest; a life after which the pause is short again. */
const firstPauseMs = 500;
const longestPauseMs = 30_000;
const goodLifeMs = 60_000;
/** A life whose last words tell why it could not live: milliseconds. */
const shortLifeMs = 10_000;

/** Keeps a process up until it is released. */
export interface Keeper {
  release(): void;
}

/**
 * Starts a process again whenever it ends by itself, after a pause that grows while it keeps dying. `say` gets a line for each time, with
 * its last words where they may be the reason: those of a life that was short.
 */
export function keepUp(child: Child, say: (line: string) => void): Keeper {
  let pauseMs = firstPauseMs;
  let bornAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  child.onDeath = ({ code, signal }) => {
    if (performance.now() - bornAt > goodLifeMs) pauseMs = firstPauseMs;
    const reason = signal !== null || performance.now() - bornAt > shortLifeMs ? undefined : child.lines().at(-1);
    say(
      `${child.name} has ended with ${signal ?? code}: starting it again in ${pauseMs / 1_000} s` +
        (reason === undefined ? '' : ` (it said: ${reason.slice(0, 300)})`),
    );
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
