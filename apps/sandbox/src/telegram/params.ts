import { z } from 'zod';
import { parseHtml, type FormattedText } from './html.ts';
import { badRequest } from './refusal.ts';

/** Bot API, sendMessage and sendPhoto: UTF-16 units, after the entities have been read. */
const maxText = 4_096;
const maxCaption = 1_024;

/** An object of a `media` list. */
const mediaSchema = z.looseObject({
  type: z.string(),
  media: z.string(),
  caption: z.string().optional(),
  parse_mode: z.string().optional(),
});
export type InputMedia = z.infer<typeof mediaSchema>;

/** A message's text. @throws Refusal 400 when it is empty, too long or badly marked up */
export function textOf(fields: ReadonlyMap<string, string>): FormattedText {
  const formatted = format(fields.get('text') ?? '', fields.get('parse_mode'));
  if (formatted.text === '') throw badRequest('message text is empty');
  if (formatted.text.length > maxText) throw badRequest('message is too long');
  return formatted;
}

/** A caption, which may be empty. @throws Refusal 400 */
export function captionOf(caption: string | undefined, parseMode: string | undefined): FormattedText {
  const formatted = format(caption ?? '', parseMode);
  if (formatted.text.length > maxCaption) throw badRequest('message caption is too long');
  return formatted;
}

/** The items of an album. @throws Refusal 400 */
export function mediaOf(fields: ReadonlyMap<string, string>): InputMedia[] {
  const parsed = z.array(mediaSchema).safeParse(parseJson(fields.get('media') ?? '[]'));
  if (!parsed.success) throw badRequest("can't parse InputMedia: expected an Array of objects");
  return parsed.data;
}

/** A whole number, or undefined. */
export function integerOf(fields: ReadonlyMap<string, string>, name: string): number | undefined {
  const value = fields.get(name) ?? '';
  return /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function format(source: string, parseMode: string | undefined): FormattedText {
  const mode = parseMode?.toLowerCase() ?? '';
  if (mode === '') return { text: source.trim(), entities: [] };
  // The product writes HTML only; a mode that is not really read here must not look as if it were fine.
  if (mode !== 'html') throw badRequest('unsupported parse_mode');
  return parseHtml(source);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("can't parse media JSON object");
  }
}
