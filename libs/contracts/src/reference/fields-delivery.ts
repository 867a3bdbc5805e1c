import { under } from './under.ts';

/** Descriptions of the fields of targets, rules, deliveries, bots and feeds. */
export const deliveryFields: Readonly<Record<string, string>> = {
  'Target.key': 'Names the target for bots, such as `TG_CHANNEL_-1001234567890` or `WEBHOOK_...`.',
  'Target.kind': 'The kind of service.',
  'Target.name': 'A name for people.',
  'Target.address': 'Where it is, by kind; secrets are masked.',
  bot_config_id: 'The bot that sends; null or left out: the primary bot of the service.',
  'Target.settings': 'How it is sent to.',
  settings: 'How it is sent to.',
  'settings.in_doubt':
    'When nobody knows whether a message has arrived: `hold` waits for a person, `resend` sends it again.',
  'settings.album': 'Several pictures as one album, where the service knows albums; else one picture.',
  'settings.disable_notification': 'Messages arrive without a sound, where the service can do that.',
  'Target.enabled': 'Nothing is sent to a disabled target: what is for it waits.',
  'Target.health': 'How sending to it goes.',
  'Target.health.status': '`unknown` (nothing was sent yet), `ok`, `failing` or `disabled`.',
  'Target.health.last_success_at': 'When something last arrived.',
  'Target.health.failing_since': 'Since when it fails; null when it does not.',
  'Target.health.consecutive_failures': 'How often in a row it has failed.',
  'Target.health.last_error': 'The message of the last failure.',
  'Target.secret':
    'Signs what is sent to a webhook (Standard Webhooks). Only in the answer that creates the target or changes where it is, when it was made here.',
  'Targets_create.body.kind': 'The kind of service, such as `telegram` or `webhook`.',
  'Targets_create.body.name': 'A name for people.',
  'Targets_create.body.address': 'Where it is, by kind: `{"url": ...}` for a webhook, `{"chat_id": ...}` for Telegram.',
  'Targets_create.body.enabled': 'False: nothing is sent to it yet.',
  'Targets_update.body.name': 'A name for people.',
  'Targets_update.body.address': 'Where it is, by kind.',
  'Targets_update.body.enabled': 'False: nothing is sent to it; true: sending goes on.',
  'Targets_test.200.ok': 'Whether it arrived.',
  'Targets_test.200.detail': 'What the service said.',

  ...everyRule({
    name: 'A name for people.',
    enabled: 'A disabled rule decides nothing.',
    priority: 'Rules with a higher one decide first.',
    match: 'What a content must be like. All that is given must hold; what is left out does not matter.',
    'match.platforms': 'It is of one of these platforms.',
    'match.tags_any': 'It has at least one of these tags.',
    'match.tags_all': 'It has all of these tags.',
    'match.tags_none': 'It has none of these tags.',
    'match.authors': 'It is by one of these authors.',
    'match.content_types': 'It is of one of these types.',
    'match.is_nsfw': 'It is, or is not, marked as not safe for work.',
    'match.query': 'These words all occur in title, description or text.',
    approval: '`auto` sends at once, `required` waits until somebody approves.',
    target_ids: 'The targets that it sends to.',
  }),
  'Rule.version': 'Counts its changes.',

  'Delivery.target_name': 'The name of the target.',
  'Delivery.status': 'The state of it as a whole.',
  'Delivery.reason': 'Why it is in this state.',
  'Delivery.attempts': 'How often it was tried.',
  'Delivery.parts': 'The messages that it is made of.',
  'Delivery.parts.position': 'The place of the message, from 0.',
  'Delivery.parts.status':
    '`planned`, `sending`, `sent`, `failed` or `unconfirmed` (nobody knows whether it has arrived).',
  'Delivery.parts.message_id': 'The id that the service gave the message.',
  'Delivery.parts.receipt': 'What the service answered.',
  sent_at: 'When it was sent.',
  'Deliveries_list.query.status': 'Only those in this state.',
  'Deliveries_list.query.target_id': 'Only those to this target.',
  'Deliveries_list.query.content_id': 'Only those of this content.',
  'Deliveries_create.body.content_id': 'The content to push.',
  'Deliveries_create.body.target_id': 'The target to push it to.',
  'Deliveries_resolve.body.as': '`sent`: it has arrived; `not_sent`: it has not, and is sent again.',

  'Bot_getContent.body.target_platform': 'The key of a target. One that is not known yet has had nothing.',
  'Bot_getContent.body.tag': 'Only contents with this tag.',
  'Bot_getContent.body.platform': 'Only contents of this platform.',
  'Bot_markPushed.body.content_id': 'The content that was pushed.',
  'Bot_markPushed.body.target_platform':
    'The key of the target that it was pushed to; one that is not known yet is made.',
  'Bot_markPushed.body.message_id': 'The id that the service gave the message.',
  'Bot_markPushed.200.created': 'False when that was known already.',

  'BotConfig_create.body.platform': 'The service, such as `telegram`.',
  'BotConfig_create.201.platform': 'The service.',
  'BotConfig_list.200.items.platform': 'The service.',
  'BotConfig_get.200.platform': 'The service.',
  'BotConfig_update.200.platform': 'The service.',
  ...everyBot({
    name: 'A name for people.',
    bot_token: 'The token that the service gave the bot. Answers show it masked, such as `123456:****abcd`.',
    enabled: 'Nothing goes through a disabled bot.',
    is_primary: 'Targets that name no bot use the primary one. There is one for each service: the others step back.',
  }),

  'Feed.url': 'The address of the feed.',
  'Feed.title': 'The title that the feed gives itself.',
  'Feed.site_url': 'The site that the feed belongs to.',
  'Feed.tags': 'Tags for everything that comes of it.',
  'Feed.interval_s': 'Seconds between two polls, as it is now.',
  'Feed.adaptive': 'True: the interval follows how often something new comes.',
  share_existing: 'How many of the entries that were there at the beginning are shared, the newest first.',
  'Feed.enabled': 'A disabled feed is not polled.',
  'Feed.etag': 'What the site said of the version that was read last.',
  'Feed.last_modified': 'What the site said of the time of the version that was read last.',
  'Feed.next_poll_at': 'When it is polled next.',
  'Feed.last_polled_at': 'When it was last polled.',
  'Feed.last_entry_at': 'When an entry was last shared.',
  'Feed.failures': 'Polls that failed in a row.',
  'Feeds_create.body.url': 'The address of a feed, or of a page that names its feed.',
  'Feeds_create.body.tags': 'Tags for everything that comes of it.',
  'Feeds_create.body.interval_s': 'Seconds between two polls; left out: it follows how often something new comes.',
  'Feeds_update.body.tags': 'Replaces the tags for what comes from now on.',
  'Feeds_update.body.interval_s': 'Seconds between two polls; null: it follows how often something new comes.',
  'Feeds_update.body.enabled': 'True forgives the failures and polls at once.',
  'Feeds_poll.202.feed_id': 'The feed.',
  'Feeds_poll.202.task_id': 'The task that polls it.',
};

/** Rules have the same fields wherever they are given or shown. */
function everyRule(fields: Record<string, string>): Record<string, string> {
  return under(['Rule', 'Rules_create.body', 'Rules_update.body'], fields);
}

function everyBot(fields: Record<string, string>): Record<string, string> {
  const answers = ['create.201', 'list.200.items', 'get.200', 'update.200'];
  return under(
    ['create.body', 'update.body', ...answers].map((place) => `BotConfig_${place}`),
    fields,
  );
}
