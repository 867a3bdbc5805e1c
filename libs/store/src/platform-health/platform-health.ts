import type { CanaryReport, Tx } from '@vaultstream/contracts';
import type { Database } from '../database/database.ts';
import {
  claimProbe,
  closeCircuit,
  noteWaiting,
  releaseProbe,
  reopenCircuit,
  tripCircuit,
  type CircuitPolicy,
} from './circuit.ts';
import { noteCanary, noteCookie, readStates, sickPlatformOf, type PlatformStateRecord } from './platform-state.ts';
import { countTries, tallyTries, type PlatformTally, type PlatformTry } from './platform-tries.ts';

/**
 * How platforms are, shared by all processes. What each parse adds goes into rows of ten seconds (`platform_tries`), written by one statement a
 * process at a time; what is known of a platform (`platform_states`) is written only when it changes.
 * Everything throws InfrastructureError when the database is away.
 */
export class PlatformHealth {
  constructor(private readonly db: Database) {}

  /** Adds tries to the present ten seconds. */
  count(tries: readonly PlatformTry[]): Promise<void> {
    return this.db.reading((client) => countTries(client, tries));
  }

  /** Platforms that were ever asked: the tries of the last `seconds`, the last success and the last error. */
  tallies(seconds: number): Promise<PlatformTally[]> {
    return this.db.reading((client) => tallyTries(client, seconds));
  }

  /** Platforms that something has happened to. */
  states(): Promise<PlatformStateRecord[]> {
    return this.db.reading(readStates);
  }

  /** See `sickPlatformOf`. */
  sickPlatformOf(contentId: number): Promise<string | null> {
    return this.db.reading((client) => sickPlatformOf(client, contentId));
  }

  /** Opens the circuit when the counted tries say so. See `tripCircuit`. */
  trip(platform: string, reason: string, policy: CircuitPolicy): Promise<boolean> {
    return this.db.transact((tx) => tripCircuit(tx, platform, reason, policy));
  }

  /** The one probe of an open circuit, or null. See `claimProbe`. */
  claimProbe(platform: string, policy: CircuitPolicy): Promise<string | null> {
    return this.db.transact((tx) => claimProbe(tx, platform, policy));
  }

  /** The probe has failed. See `reopenCircuit`. */
  reopen(platform: string, probe: string, reason: string, policy: CircuitPolicy): Promise<void> {
    return this.db.transact((tx) => reopenCircuit(tx, platform, probe, reason, policy));
  }

  /** The probe has told nothing. */
  releaseProbe(platform: string, probe: string): Promise<void> {
    return this.db.transact((tx) => releaseProbe(tx, platform, probe));
  }

  /** The platform is back, or somebody says so. See `closeCircuit`. */
  close(platform: string, by: { probe: string } | { person: string }): Promise<boolean> {
    return this.db.transact((tx) => closeCircuit(tx, platform, by));
  }

  /** An event of the content, once an opening. */
  noteWaiting(tx: Tx, contentId: number, waiting: { platform: string; reason: string; openedAt: Date }): Promise<void> {
    return noteWaiting(tx, contentId, waiting);
  }

  /** What the platform has said to a call with cookies. */
  noteCookie(platform: string, cookie: { print: string; state: 'valid' | 'rejected' }): Promise<void> {
    return this.db.reading((client) => noteCookie(client, platform, cookie));
  }

  /** The report stands until the next one. */
  noteCanary(report: CanaryReport): Promise<void> {
    return this.db.reading((client) => noteCanary(client, report));
  }
}
