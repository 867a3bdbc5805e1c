import type { ContentView, MediaView, TargetSettings } from '@vaultstream/contracts';
import { z } from 'zod';
import type { PictureWish, PlanContext, PlannedPart } from '../target.ts';
import { compose } from './compose.ts';

/** https://core.telegram.org/bots/api: sendMessage `text`, sendPhoto `caption`: UTF-16 units after entities. */
export const maxText = 4_096;
export const maxCaption = 1_024;
/** sendMediaGroup: 2 to 10 items. */
export const maxAlbum = 10;

const textSchema = z.object({ html: z.string(), plain: z.string() });

/** One message as the ledger keeps it. It goes with its pictures; when these are refused, `text` goes by itself. */
export const messageSchema = z.object({
  text: textSchema,
  /** Null: there are no pictures. */
  caption: textSchema.nullable(),
  /** Hides the pictures until they are tapped. */
  spoiler: z.boolean(),
  silent: z.boolean(),
});
export type TelegramMessage = z.infer<typeof messageSchema>;

/** The cover first, then what the page shows, each picture once. */
export function wantedPictures(content: ContentView, settings: TargetSettings): PictureWish {
  const candidates = [content.cover, ...content.media].filter((media) => media !== null).filter(isPhoto);
  const distinct = new Map<string, MediaView>();
  for (const media of candidates) {
    const name = media.sha256 ?? media.id;
    if (!distinct.has(name)) distinct.set(name, media);
  }
  const mediaIds = [...distinct.values()].map(({ id }) => id);
  return { preset: 'photo.v1', mediaIds: mediaIds.slice(0, settings.album === true ? maxAlbum : 1) };
}

/** One message: an album, a photo with a caption, or a text. */
export function planMessage(content: ContentView, { pictures, settings }: PlanContext): PlannedPart {
  const shown = pictures.slice(0, settings.album === true ? maxAlbum : 1);
  const message: TelegramMessage = {
    text: compose(content, maxText, 'body_text'),
    caption: shown.length === 0 ? null : compose(content, maxCaption, 'description'),
    spoiler: content.is_nsfw,
    silent: settings.disable_notification === true,
  };
  return {
    body: message,
    files: shown.map(({ key, mime }, index) => ({ field: `photo${index}`, key, mime })),
    cost: Math.max(1, shown.length),
  };
}

const isPhoto = ({ kind, role, status }: MediaView): boolean =>
  kind === 'image' && status === 'stored' && role !== 'avatar';
