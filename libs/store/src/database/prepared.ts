import type pg from 'pg';

/** Times a statement is sent in full before it gets a name: most of those that are put together for one occasion never come again. */
const anonymousUses = 2;
/** Statements that may have names at once: each connection keeps the plan of each, some 20 KB. */
const mostNames = 300;

/**
 * Gives statements that come again a name, so that each connection parses and plans them once: planning was a third of what Postgres did
 * for a share. After some uses Postgres itself decides by cost whether one plan is good for all parameters. For the statements of
 * transactions and of the task log, which look rows up by key; never for lists and searches, whose best plan hangs on what is asked for.
 */
export class PreparedStatements {
  private readonly uses = new Map<string, number>();
  private names = 0;
  private era = 0;

  /** The statement, with its name where it has one. */
  named(statement: pg.QueryConfig): pg.QueryConfig {
    const name = this.nameOf(statement.text);
    return name === undefined ? statement : { ...statement, name };
  }

  /**
   * All get new names: what connections have prepared under the old ones is not used again.
   * @returns Whether the error asks for it: a migration has changed the type of a column that a statement answers.
   */
  outdatedBy(error: unknown): boolean {
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    // feature_not_supported, of which Postgres tells no more by its code.
    if (code !== '0A000' || !String(message).includes('cached plan')) return false;
    this.uses.clear();
    this.names = 0;
    this.era++;
    return true;
  }

  private nameOf(text: string): string | undefined {
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
