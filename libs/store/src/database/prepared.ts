import type pg from 'pg';
import { isOutdatedStatement } from './pg-errors.ts';

/** Times a statement is sent in full before it gets a name: most of those that are put together for one occasion never come again. */
const anonymousUses = 2;
/** What looks for some rows out of many: its best plan hangs on what is asked for, and on what there is. */
const looksAround = /\bLIMIT\b/;
/** Statements that may have names at once: each connection keeps all that it has read. */
const mostNames = 300;

/** Milliseconds: errors of statements that were under way when the first one came speak of the same migration. */
const sameMigrationMs = 1_000;

/**
 * Gives statements that come again a name, so that each connection reads and plans them once: for a share, that was a third of what Postgres
 * did. A kept plan knows its tables as they were when it was made, until they are analysed again: harmless where rows are added or looked up
 * by a key and the table only grows; for the log of tasks, which may be empty now and full in a minute, see `TaskStore.noteFlood`.
 */
export class PreparedStatements {
  private readonly uses = new Map<string, number>();
  private names = 0;
  private era = 0;
  private changedAt = Number.NEGATIVE_INFINITY;

  /** The statement, with its name where it has one. */
  named(statement: pg.QueryConfig): pg.QueryConfig {
    const name = this.nameOf(statement.text);
    return name === undefined ? statement : { ...statement, name };
  }

  /**
   * When the error says that a prepared statement no longer fits, all get new names: what connections have prepared under the old ones is not
   * used again.
   * @returns Whether it says so; the statement may then be sent again.
   */
  outdatedBy(error: unknown): boolean {
    if (!isOutdatedStatement(error)) return false;
    if (performance.now() - this.changedAt < sameMigrationMs) return true;
    this.changedAt = performance.now();
    this.uses.clear();
    this.names = 0;
    this.era++;
    return true;
  }

  private nameOf(text: string): string | undefined {
    if (looksAround.test(text)) return undefined;
    const known = this.uses.get(text);
    // Negative: the number of its name.
    if (known !== undefined && known < 0) return `vs_${this.era}_${-known}`;
    if (this.names >= mostNames) return undefined;
    // A run of statements that never come again must not fill the memory either.
    if (known === undefined && this.uses.size >= 4 * mostNames) this.forgetRare();
    const count = (known ?? 0) + 1;
    if (count > anonymousUses) this.uses.set(text, -++this.names);
    else this.uses.set(text, count);
    return undefined;
  }

  private forgetRare(): void {
    for (const [text, count] of this.uses) if (count > 0) this.uses.delete(text);
  }
}
