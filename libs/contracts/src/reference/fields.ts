import { commonFields } from './fields-common.ts';
import { contentFields } from './fields-contents.ts';
import { deadLetterFields } from './fields-dead-letters.ts';
import { deliveryFields } from './fields-delivery.ts';
import { operationFields } from './fields-operations.ts';

/**
 * What each field of the API means, for the API reference. A key is the end of a field's full name, with as much in front of it as is
 * needed to tell it apart: `Content.author.name`, `Shares_share.body.url`, `created_at`.
 */
export const apiFields: Readonly<Record<string, string>> = {
  ...commonFields,
  ...contentFields,
  ...deliveryFields,
  ...deadLetterFields,
  ...operationFields,
};
