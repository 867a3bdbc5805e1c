import type { Platform } from '@vaultstream/platforms';
import type { CircuitPolicy } from '@vaultstream/store';

/** Opens at 70 % (as Convoy's breaker does) of at least 15 tries in five minutes: three posts that a healthy platform cannot show are fewer. */
export const circuitPolicy: CircuitPolicy = {
  windowS: 300,
  minimum: 15,
  sickRatio: 0.7,
  firstPauseMs: 30_000,
  longestPauseMs: 900_000,
  probeMs: 100_000,
};

/** Seconds that the success ratio of `GET /platforms` looks back. */
export const healthWindowS = 3_600;

/** Milliseconds that a failed probe costs its parse no attempt after the circuit opened: a page that always fails must not be tried for ever. */
export const patienceMs = 86_400_000;

/** `web` is many hosts: a sick one must not stop the pages of all others, and has its share of the workers only (`HostSlots`). */
export const hasCircuit = ({ hosts }: Pick<Platform, 'hosts'>): boolean => hosts.length > 0;
