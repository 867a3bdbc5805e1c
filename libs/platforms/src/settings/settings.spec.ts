import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { platforms } from '../registry.ts';
import { platformSettings, settingsOf } from './declared-settings.ts';
import { resolveSetting } from './resolve-setting.ts';
import { settingFacts } from './setting-facts.ts';

const declared = (key: string) => {
  const found = platformSettings.find((setting) => setting.key === key);
  if (!found) throw new Error(`not declared: ${key}`);
  return found;
};

describe('settings of platforms', () => {
  it('are declared by their schemas, each once, with facts', () => {
    const keys = platformSettings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(['platform.bilibili.sessdata', 'platform.web.accept_language']));
    expect(declared('platform.bilibili.bili_jct').secret).toBe(true);
    expect(declared('platform.web.accept_language').secret).toBe(false);
    for (const platform of platforms)
      for (const [name, { key, schema, description }] of settingsOf(platform)) {
        expect(key).toMatch(/^platform\.[a-z0-9_]+\.[a-z0-9_]+$/);
        expect(settingFacts.has(schema)).toBe(true);
        expect(description).not.toBe(name);
      }
  });

  it('are secret unless they say otherwise', () => {
    const [platform] = platforms;
    if (!platform) throw new Error('no platforms');
    const settings = z.object({ cookie: z.string().optional() });
    expect(settingsOf({ ...platform, settings }).get('cookie')?.secret).toBe(true);
  });
});

describe('resolveSetting', () => {
  const language = declared('platform.web.accept_language');

  it('takes the row, else the environment, else the default', () => {
    expect(resolveSetting(language, { database: 'de', environment: 'fr' })).toMatchObject({
      value: 'de',
      source: 'database',
    });
    expect(resolveSetting(language, { environment: 'fr' })).toMatchObject({ value: 'fr', source: 'environment' });
    expect(resolveSetting(language, {})).toEqual({ value: 'en,*;q=0.5', source: 'default', refused: [] });
    expect(resolveSetting(declared('platform.bilibili.sessdata'), {}).value).toBeUndefined();
  });

  it('passes over what the schema refuses', () => {
    const found = resolveSetting(language, { database: 'a\r\nx: y', environment: 'fr' });
    expect(found).toEqual({ value: 'fr', source: 'environment', refused: ['database'] });
    expect(resolveSetting(language, { database: 7 })).toMatchObject({ source: 'default', refused: ['database'] });
  });
});
