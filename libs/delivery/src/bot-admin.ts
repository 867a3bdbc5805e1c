import { Injectable } from '@nestjs/common';
import { InvalidInput, UnitOfWork, type BotPatch, type BotRequest, type BotView } from '@vaultstream/contracts';
import { Bots, toBotView } from '@vaultstream/store';
import { findTargetKind, targetKinds } from '@vaultstream/targets';

/** What people do with bots: a token must look like one of its platform; the store seals it, and every answer masks it. */
@Injectable()
export class BotAdmin {
  constructor(
    private readonly bots: Bots,
    private readonly work: UnitOfWork,
  ) {}

  /** @throws InvalidInput */
  async create(request: BotRequest): Promise<BotView> {
    requireToken(request.platform, request.bot_token);
    return toBotView(await this.work.transact((tx) => this.bots.create(tx, request)));
  }

  /** @throws NotFound, InvalidInput */
  async update(id: string, patch: BotPatch): Promise<BotView> {
    const { platform } = await this.bots.get(id);
    if (patch.bot_token !== undefined) requireToken(platform, patch.bot_token);
    return toBotView(await this.work.transact((tx) => this.bots.update(tx, id, patch)));
  }

  /** @throws NotFound */
  async remove(id: string): Promise<void> {
    await this.work.transact((tx) => this.bots.remove(tx, id));
  }
}

/** Never repeats the token. */
function requireToken(platform: string, token: string): void {
  const kind = findTargetKind(platform);
  if (!kind?.needsBot) {
    const known = targetKinds.filter(({ needsBot }) => needsBot).map((candidate) => candidate.kind);
    throw refused('body.platform', `must be one of: ${known.join(', ')}`);
  }
  if (kind.botToken && !kind.botToken.test(token)) throw refused('body.bot_token', `is not a bot token of ${platform}`);
}

const refused = (path: string, message: string) => new InvalidInput(`${path}: ${message}`, [{ path, message }]);
