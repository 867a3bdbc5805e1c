import type { Method } from '../call.ts';
import { integerOf } from '../params.ts';
import { badRequest, Refusal } from '../refusal.ts';

/** Seconds: the longest poll that is held open. */
const maxPollS = 50;

/** Bot API: getUpdates, with long polling. */
export const getUpdates: Method = ({ bot, form: { fields }, signal }) => {
  if (bot.webhookUrl !== '')
    throw new Refusal(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    );
  const limit = Math.min(Math.max(integerOf(fields, 'limit') ?? 100, 1), 100);
  const timeoutS = Math.min(Math.max(integerOf(fields, 'timeout') ?? 0, 0), maxPollS);
  return bot.updates.read(integerOf(fields, 'offset') ?? 0, limit, timeoutS, signal);
};

/** Bot API: setWebhook. The address is remembered; nothing is ever sent to it. */
export const setWebhook: Method = ({ bot, form: { fields } }) => {
  const url = fields.get('url') ?? '';
  if (url !== '' && URL.parse(url)?.protocol !== 'https:')
    throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  bot.webhookUrl = url;
  return true;
};

/** Bot API: deleteWebhook. */
export const deleteWebhook: Method = ({ bot }) => {
  bot.webhookUrl = '';
  return true;
};

/** Bot API: getWebhookInfo. */
export const getWebhookInfo: Method = ({ bot }) => ({
  url: bot.webhookUrl,
  has_custom_certificate: false,
  pending_update_count: 0,
});
