import { Controller, Delete, Get, HttpCode, Inject, Put } from '@nestjs/common';
import {
  pageOf,
  settingBodySchema,
  settingPathSchema,
  settingViewSchema,
  type Page,
  type SettingBody,
  type SettingPath,
  type SettingView,
} from '@vaultstream/contracts';
import { Answers, Scopes, ZodBody, ZodParams } from '@vaultstream/runtime';
import { SettingsService } from './settings.service.ts';

/** Settings that change while the product runs: cookies of platforms and the like. Secrets go in and never come out. */
@Controller('settings')
@Scopes('admin')
export class SettingsController {
  constructor(@Inject(SettingsService) private readonly settings: SettingsService) {}

  @Get()
  @Answers('Every setting that there is, set or not.', { 200: pageOf(settingViewSchema) })
  async list(): Promise<Page<SettingView>> {
    return { items: await this.settings.list(), next_cursor: null };
  }

  @Get(':key')
  @Answers('One setting.', { 200: settingViewSchema }, 404)
  async get(@ZodParams(settingPathSchema) { key }: SettingPath): Promise<SettingView> {
    return this.settings.get(key);
  }

  @Put(':key')
  @Answers('Sets a value. Every process sees it within ten seconds.', { 200: settingViewSchema })
  async put(
    @ZodParams(settingPathSchema) { key }: SettingPath,
    @ZodBody(settingBodySchema) { value }: SettingBody,
  ): Promise<SettingView> {
    return this.settings.put(key, value);
  }

  @Delete(':key')
  @HttpCode(204)
  @Answers('Forgets a value: what the environment says holds again, or the default.', { 204: null }, 404)
  async remove(@ZodParams(settingPathSchema) { key }: SettingPath): Promise<void> {
    await this.settings.remove(key);
  }
}
