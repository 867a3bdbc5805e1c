import { describe, expect, it } from '@jest/globals';
import { describeTargetKind } from '../../test/compliance.ts';
import { telegram } from './telegram.ts';

describeTargetKind(telegram, {
  address: { chat_id: -1001234567890 },
  alias: { chat_id: ' -1001234567890 ' },
  other: { chat_id: -1001234567890, message_thread_id: 7 },
  bad: [
    { chat_id: 0 },
    { chat_id: '' },
    { chat_id: 1.5 },
    { chat_id: 'name' },
    { chat_id: '@abc' },
    { chat_id: '@1abc' },
    { chat_id: '-100123/../getMe' },
    { chat_id: { $gt: '' } },
    { chat_id: -100123, message_thread_id: 0 },
    { chat_id: -100123, message_thread_id: '7' },
  ],
});

describe('the address of a Telegram chat', () => {
  const keyOf = (address: object) => telegram.key(telegram.addressSchema.parse(address));

  it('has the key that bots and mark-pushed know', () => {
    expect(keyOf({ chat_id: -100123 })).toBe('TG_CHANNEL_-100123');
    expect(keyOf({ chat_id: '@Some_Channel' })).toBe('TG_CHANNEL_@some_channel');
    expect(keyOf({ chat_id: '@some_channel', message_thread_id: 12 })).toBe('TG_CHANNEL_@some_channel:12');
  });

  it('keeps numbers that JSON would round', () => {
    expect(telegram.addressSchema.parse({ chat_id: '-9007199254740993' })).toEqual({ chat_id: '-9007199254740993' });
  });
});

describe('the rates of a Telegram chat', () => {
  const rates = (key: string) => telegram.rateLimits({ key, botConfigId: 'b' });
  const keys = (key: string) => rates(key).map((rate) => rate.key);

  it('are those of its bot, itself, and the group that it is; topics share their group', () => {
    expect(keys('TG_CHANNEL_42')).toEqual(['telegram:bot:b', 'telegram:chat:42']);
    expect(keys('TG_CHANNEL_-42')).toEqual(['telegram:bot:b', 'telegram:chat:-42', 'telegram:group:-42']);
    expect(keys('TG_CHANNEL_-42:7')).toEqual(keys('TG_CHANNEL_-42'));
    expect(keys('TG_CHANNEL_@some_channel')).toHaveLength(3);
  });

  it('share only the bot, so that "too many" from one chat pauses no other', () => {
    const shared = rates('TG_CHANNEL_-42').filter((rate) => rate.shared === true);
    expect(shared.map(({ key }) => key)).toEqual(['telegram:bot:b']);
  });
});
