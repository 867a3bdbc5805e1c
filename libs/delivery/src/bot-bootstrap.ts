import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { UnitOfWork } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import { Bots } from '@vaultstream/store';

/** Makes the bot of TELEGRAM_BOT_TOKEN at the start, so that one variable is enough to push. */
@Injectable()
export class BotBootstrap implements OnApplicationBootstrap {
  constructor(
    private readonly env: Env,
    private readonly bots: Bots,
    private readonly work: UnitOfWork,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const token = this.env.telegramBotToken;
    if (token === undefined) return;
    await this.work.transact((tx) => this.bots.bootstrap(tx, 'telegram', 'TELEGRAM_BOT_TOKEN', token));
  }
}
