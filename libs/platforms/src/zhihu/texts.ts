import { membersOf } from '../clean/json.ts';
import { cleanHtmlLine, cleanLine } from '../clean/text.ts';
import { statsOf } from '../clean/content-fields.ts';
import { bodyOf } from './body.ts';
import { coverOf, namesOf, statsIn, type Said } from './fields.ts';
import type { Data } from './sources.ts';

/** An answer has the title of its question. */
export function answerOf(data: Data): Said {
  const question = membersOf(data['question']);
  const { text, media } = bodyOf(data['content']);
  return {
    title: cleanLine(question['title'], 2_000),
    description: null,
    body_text: text ?? cleanHtmlLine(data['excerpt'], 20_000),
    media,
    tags: namesOf(question['topics'] ?? data['topics']),
    publishedAt: data['created_time'] ?? data['created'],
    editedAt: data['updated_time'] ?? data['updated'],
    stats: statsIn(data),
  };
}

/** An article of a column or of its author alone. */
export function articleOf(data: Data): Said {
  const { text, media } = bodyOf(data['content']);
  return {
    title: cleanLine(data['title'], 2_000),
    description: null,
    body_text: text ?? cleanHtmlLine(data['excerpt'], 20_000),
    media: [...coverOf(data['title_image'], data['image_url']), ...media],
    tags: namesOf(data['topics']),
    publishedAt: data['created'] ?? data['created_time'],
    editedAt: data['updated'] ?? data['updated_time'],
    stats: statsIn(data),
  };
}

/** A question with what its author adds to it; its answers are contents of their own. */
export function questionOf(data: Data): Said {
  const { text, media } = bodyOf(data['detail']);
  const title = cleanLine(data['title'], 2_000);
  return {
    title,
    description: null,
    body_text: text ?? cleanHtmlLine(data['excerpt'], 20_000),
    media,
    tags: namesOf(data['topics']),
    publishedAt: data['created'] ?? data['created_time'],
    editedAt: data['updated_time'] ?? data['updated'],
    stats: {
      ...statsIn(data),
      ...statsOf({ view: data['visit_count'], answer: data['answer_count'], follow: data['follower_count'] }),
    },
  };
}
