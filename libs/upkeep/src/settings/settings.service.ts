import { Inject, Injectable } from '@nestjs/common';
import { InvalidInput, NotFound, UnitOfWork, type SettingView } from '@vaultstream/contracts';
import { Env } from '@vaultstream/runtime';
import { Settings } from '@vaultstream/store';
import { settingCatalog } from './setting-catalog.ts';
import { toOrphanView, toSettingView } from './setting-view.ts';

/** What an admin does with settings. */
@Injectable()
export class SettingsService {
  constructor(
    @Inject(UnitOfWork) private readonly work: UnitOfWork,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Env) private readonly env: Env,
  ) {}

  /** Every setting that can be set, set or not, and rows that nothing declares; by key. */
  async list(): Promise<SettingView[]> {
    const rows = new Map((await this.settings.list()).map((row) => [row.key, row]));
    const known = [...settingCatalog.values()].map((declared) =>
      toSettingView(declared, rows.get(declared.key), this.env.settings.get(declared.key)),
    );
    const orphans = [...rows.values()].filter(({ key }) => !settingCatalog.has(key)).map(toOrphanView);
    return [...known, ...orphans].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** @throws NotFound when there is no such setting. */
  async get(key: string): Promise<SettingView> {
    const found = (await this.list()).find((view) => view.key === key);
    if (!found) throw new NotFound(`There is no setting "${key}".`);
    return found;
  }

  /** @throws InvalidInput on `path.key` for what is no setting, on `body.value` for a value that it cannot have. Never repeats the value. */
  async put(key: string, value: unknown): Promise<SettingView> {
    const declared = settingCatalog.get(key);
    if (!declared) throw refused([{ path: 'path.key', message: 'is not a known setting: see GET /settings' }]);
    const checked = declared.schema.safeParse(value);
    if (!checked.success)
      throw refused(
        checked.error.issues.slice(0, 20).map(({ path, message }) => ({
          path: ['body.value', ...path.map(String)].join('.').slice(0, 100),
          message,
        })),
      );
    await this.change((tx) => this.settings.put(tx, { key, value: checked.data, secret: declared.secret }));
    return this.get(key);
  }

  /** What holds from now on is what the environment says, or the default. @throws NotFound when there is neither such a setting nor a row. */
  async remove(key: string): Promise<void> {
    const removed = await this.change((tx) => this.settings.remove(tx, key));
    if (!removed && !settingCatalog.has(key)) throw new NotFound(`There is no setting "${key}".`);
  }

  private async change<T>(work: Parameters<typeof this.work.transact<T>>[0]): Promise<T> {
    const result = await this.work.transact(work);
    this.settings.forget();
    return result;
  }
}

function refused(issues: { path: string; message: string }[]): InvalidInput {
  const [first] = issues;
  return new InvalidInput(first ? `${first.path}: ${first.message}` : 'The value is not valid.', issues);
}
