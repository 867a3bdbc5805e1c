import { Injectable } from '@nestjs/common';
import { GuardedHttp } from '@vaultstream/runtime';
import { BotFiles, Bots, Targets, type Admitted } from '@vaultstream/store';
import type { BotAccess, SendContext, TargetAddress, TargetKind } from '@vaultstream/targets';
import { PictureFiles } from './picture-files.ts';

/** All that leads from a row of the ledger to its target. Secrets are in it: it lives for one run. */
export interface Route {
  kind: TargetKind;
  target: Admitted['target'];
  address: TargetAddress;
  /** Null for a kind without bots. */
  bot: BotAccess | null;
}

/** Opens the way to a target: its address, its bot, the files that go with its messages. */
@Injectable()
export class Routes {
  constructor(
    private readonly targets: Targets,
    private readonly bots: Bots,
    private readonly files: BotFiles,
    private readonly http: GuardedHttp,
    private readonly pictures: PictureFiles,
  ) {}

  /** Null when the bot that it needs is missing or disabled. @throws NotFound, SecretError */
  async open(kind: TargetKind, target: Admitted['target']): Promise<Route | null> {
    const bot = kind.needsBot ? await this.bots.access(kind.kind, target.botConfigId) : null;
    if (kind.needsBot && !bot) return null;
    return { kind, target, bot, address: await this.targets.address(target.id) };
  }

  /** What a call along a route may use. */
  contextOf({ address, bot }: Route, signal: AbortSignal): SendContext {
    return {
      http: this.http,
      address,
      bot,
      signal,
      readFile: ({ key }) => this.pictures.read(key),
      knownFile: async ({ key }) => bot && this.files.find(bot.id, key),
    };
  }
}
