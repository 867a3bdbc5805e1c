import { Inject, Injectable } from '@nestjs/common';
import type { ShareRule } from '@vaultstream/contracts';
import { Cached, LOGGER, type Logger } from '@vaultstream/runtime';
import { forecastRule, Rules, type RuleRecord, type SharedFacts } from '@vaultstream/store';

/** Milliseconds that a changed rule may go unnoticed here: shares are many, rules change seldom. */
const maxAgeMs = 1_000;
/** Rules that an answer names. */
const most = 100;

/** Which rules match what was shared, as far as is known. Costs a share no query, but where a rule looks at the text of a known page. */
@Injectable()
export class RuleForecasts {
  private readonly active: Cached<RuleRecord[]>;

  constructor(
    private readonly rules: Rules,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.active = new Cached(() => rules.listActive(), maxAgeMs);
  }

  /** Null when it cannot be told at the moment: the share is kept, and must not fail for it. */
  async of(contentId: number, shared: SharedFacts): Promise<ShareRule[] | null> {
    try {
      const rules = await this.active.get();
      const { isRead } = shared;
      const looksAtText = isRead && rules.some(({ match }) => match.query !== undefined);
      const facts = (looksAtText && (await this.rules.factsOf(contentId))) || { ...shared.facts, bodyText: null };
      return rules
        .flatMap((rule) => {
          const { verdict, waitsFor } = forecastRule(rule, facts, isRead);
          return verdict === 'no' ? [] : [{ id: rule.id, name: rule.name, verdict, waits_for: waitsFor }];
        })
        .slice(0, most);
    } catch (err) {
      this.logger.warn(
        { name: 'share.forecast', err, content_id: contentId },
        'which rules match a share cannot be told',
      );
      return null;
    }
  }
}
