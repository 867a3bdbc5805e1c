export { LeaderLock } from './leader-lock.ts';
