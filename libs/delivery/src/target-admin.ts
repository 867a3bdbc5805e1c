import { Injectable } from '@nestjs/common';
import {
  Conflict,
  InvalidInput,
  isVaultError,
  NotFound,
  UnitOfWork,
  type TargetPatch,
  type TargetRequest,
  type TargetView,
} from '@vaultstream/contracts';
import { explainRefusal, GuardedHttp, redactText, RequestFetches } from '@vaultstream/runtime';
import { Bots, externalKind, SecretError, Targets, toTargetView } from '@vaultstream/store';
import { findTargetKind, targetKinds, type TargetAddress, type TargetKind } from '@vaultstream/targets';

/** Milliseconds that a test of a target may take. */
const testTimeoutMs = 20_000;

/** What people do with targets: their addresses are checked by the kind, sealed by the store, masked in every answer. */
@Injectable()
export class TargetAdmin {
  constructor(
    private readonly targets: Targets,
    private readonly bots: Bots,
    private readonly http: GuardedHttp,
    private readonly fetches: RequestFetches,
    private readonly work: UnitOfWork,
  ) {}

  /** The answer bears the secret that the server has made, this once. @throws InvalidInput, Conflict */
  async create(request: TargetRequest): Promise<TargetView> {
    const kind = findTargetKind(request.kind);
    if (!kind) throw refused('body.kind', `must be one of: ${targetKinds.map((known) => known.kind).join(', ')}`);
    await this.checkBot(kind, request.bot_config_id ?? null);
    const { address, made } = kind.complete(this.parseAddress(kind, request.address));
    const target = await this.work.transact((tx) =>
      this.targets.create(tx, {
        key: kind.key(address),
        kind: kind.kind,
        name: request.name,
        address: { full: address, masked: kind.maskAddress(address) },
        botConfigId: request.bot_config_id ?? null,
        settings: request.settings,
        enabled: request.enabled,
      }),
    );
    return { ...toTargetView(target), ...(made === null ? {} : { secret: made }) };
  }

  /**
   * Members of `address` that are not given stay as they are; but a secret never follows to another place: it is given again, or a new one is
   * made, which this answer alone bears.
   * @throws NotFound, InvalidInput, Conflict
   */
  async update(id: string, patch: TargetPatch): Promise<TargetView> {
    const before = await this.targets.get(id);
    const kind = findTargetKind(before.kind);
    const needsKind = patch.address !== undefined || patch.bot_config_id !== undefined || patch.enabled === true;
    if (!kind && needsKind) throw fedByBots();
    if (kind && patch.bot_config_id !== undefined) await this.checkBot(kind, patch.bot_config_id);
    return this.work.transact(async (tx) => {
      const changed =
        kind &&
        patch.address &&
        this.changedAddress(kind, await readable(this.targets.lockAddress(tx, id)), patch.address);
      const target = await this.targets.update(tx, id, {
        name: patch.name,
        botConfigId: patch.bot_config_id,
        settings: patch.settings,
        enabled: patch.enabled,
        ...(kind && changed && { address: partsOf(kind, changed.address) }),
      });
      return { ...toTargetView(target), ...(changed?.made && { secret: changed.made }) };
    });
  }

  /**
   * Sends something harmless. Nothing of it enters the ledger.
   * @param caller Aborts when nobody waits for the answer any more: the call ends at once.
   * @throws NotFound; Conflict; RateLimited when too many requests are at its host, or at any; the reason of `caller`
   */
  async test(id: string, caller: AbortSignal): Promise<{ ok: boolean; detail: string }> {
    const target = await this.targets.get(id);
    const kind = findTargetKind(target.kind);
    if (!kind) throw fedByBots();
    const bot = kind.needsBot ? await this.bots.access(kind.kind, target.botConfigId) : null;
    if (kind.needsBot && !bot) return { ok: false, detail: 'Its bot is missing or disabled.' };
    const context = {
      http: this.http,
      address: await this.targets.address(id),
      target,
      bot,
      signal: AbortSignal.any([caller, AbortSignal.timeout(testTimeoutMs)]),
      readFile: () => Promise.reject(new NotFound('A test has no files.')),
      knownFile: () => Promise.resolve(null),
    };
    const outcome = await this.fetches.run((at) => at(kind.host(context.address), () => tried(kind, context)));
    caller.throwIfAborted();
    return outcome;
  }

  /** A bot of its platform, or the primary one when none is named. @throws InvalidInput */
  private async checkBot(kind: TargetKind, id: string | null): Promise<void> {
    const path = 'body.bot_config_id';
    if (!kind.needsBot && id !== null) throw refused(path, `is not used by targets of the kind ${kind.kind}`);
    if (!kind.needsBot) return;
    if (id === null) {
      if (!(await this.bots.primary(kind.kind)))
        throw refused(path, `is needed: ${kind.kind} has no primary bot (POST /bot-config makes one)`);
      return;
    }
    const bot = await this.bots.find(id);
    if (bot?.platform !== kind.kind) throw refused(path, `there is no ${kind.kind} bot with this id`);
  }

  /**
   * Who may change a target does not know its secret: what is sent to another place must not be signed with it.
   * @param before null where its secret cannot be read: the change has to bring the whole address then.
   */
  private changedAddress(kind: TargetKind, before: TargetAddress | null, change: TargetAddress): Completed {
    if (before === null) return kind.complete(this.parseAddress(kind, change));
    const changed = this.parseAddress(kind, { ...before, ...change });
    if (kind.key(changed) === kind.key(before)) return kind.complete(changed);
    return kind.complete(this.parseAddress(kind, { ...withoutSecrets(kind, before), ...change }));
  }

  private parseAddress(kind: TargetKind, address: unknown): TargetAddress {
    const parsed = kind.addressSchema.safeParse(address);
    if (!parsed.success) {
      const issues = parsed.error.issues.map((issue) => ({
        path: ['body.address', ...issue.path.map(String)].join('.'),
        message: issue.code === 'unrecognized_keys' ? `has unknown fields: ${issue.keys.join(', ')}` : issue.message,
      }));
      throw new InvalidInput(issues.map(({ path, message }) => `${path}: ${message}`).join('; '), issues);
    }
    kind.checkAddress(parsed.data, this.http);
    return parsed.data;
  }
}

type Completed = ReturnType<TargetKind['complete']>;

const partsOf = (kind: TargetKind, address: TargetAddress) => ({
  key: kind.key(address),
  full: address,
  masked: kind.maskAddress(address),
});

/** The address; null where its secret cannot be read. */
async function readable(address: Promise<TargetAddress>): Promise<TargetAddress | null> {
  try {
    return await address;
  } catch (error) {
    if (error instanceof SecretError) return null;
    throw error;
  }
}

const withoutSecrets = (kind: TargetKind, address: TargetAddress): TargetAddress =>
  Object.fromEntries(Object.entries(address).filter(([field]) => !kind.secretFields.includes(field)));

/** What came of a test, in words. @throws InfrastructureError */
async function tried(
  kind: TargetKind,
  context: Parameters<TargetKind['test']>[0],
): Promise<{ ok: boolean; detail: string }> {
  try {
    return { ok: true, detail: await kind.test(context) };
  } catch (error) {
    if (!isVaultError(error) || error.disposition === 'infrastructure') throw error;
    return { ok: false, detail: redactText(explainRefusal(error)) };
  }
}

const refused = (path: string, message: string) => new InvalidInput(`${path}: ${message}`, [{ path, message }]);
const fedByBots = () =>
  new Conflict(`This is an ${externalKind} target: bots feed it, it has no address and cannot be enabled or tested.`);
