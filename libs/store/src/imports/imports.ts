import type { BotRequest, TaskLog, Tx } from '@vaultstream/contracts';
import type { Bots } from '../bots/bots.ts';
import { type Database } from '../database/database.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Targets } from '../targets/targets.ts';
import { importBot } from './import-bot.ts';
import { importContent } from './import-content.ts';
import { importRule, type RuleOutcome } from './import-rule.ts';
import type { ImportedContent, ImportedMedia, ImportedRule, ImportOutcome, ImportStanding } from './imported.ts';
import { standingsOf } from './look-up.ts';

/** What comes over from the old version, by named transitions that change nothing when they are run again. */
export class Imports {
  constructor(
    private readonly db: Database,
    private readonly log: TaskLog,
    private readonly targets: Targets,
    private readonly bots: Bots,
    private readonly secrets: SecretBox,
  ) {}

  /** How each content stands to what is here. Reads only. */
  async look(contents: readonly ImportedContent[]): Promise<ImportStanding[]> {
    return this.db.reading((client) => standingsOf(client, contents));
  }

  /** @see importContent */
  content(tx: Tx, content: ImportedContent, media: readonly ImportedMedia[]): Promise<ImportOutcome> {
    return importContent(tx, this.log, this.targets, content, media);
  }

  /** @see importBot */
  bot(tx: Tx, bot: BotRequest): Promise<boolean> {
    return importBot(tx, this.bots, this.secrets, bot);
  }

  /** @see importRule */
  rule(tx: Tx, rule: ImportedRule): Promise<RuleOutcome> {
    return importRule(tx, rule);
  }

  /** Whether the tables are there: false for a database that no VaultStream has brought up to date yet. */
  async hasTables(): Promise<boolean> {
    const [row] = await this.db.reading(
      (client) => client.$queryRaw<{ found: boolean }[]>`SELECT to_regclass('content_keys') IS NOT NULL AS found`,
    );
    return row?.found ?? false;
  }
}
