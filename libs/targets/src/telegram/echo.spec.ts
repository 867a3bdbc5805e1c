import { describe, expect, it } from '@jest/globals';
import { withoutEcho } from './echo.ts';

describe('withoutEcho', () => {
  it.each([
    ['a text that is the title', 'Lamps at noon', 'Lamps\nat noon', 'Lamps at noon', ''],
    [
      'a title that is the beginning of the text',
      'The harbour was qui…',
      'The harbour was quiet.\n\nMore.',
      '',
      'The harbour was quiet.\n\nMore.',
    ],
    [
      'a text that begins with its heading',
      'Lamps at noon',
      'Lamps  at noon\n\nThe harbour.',
      'Lamps at noon',
      'The harbour.',
    ],
    ['a title that is whole in spite of its dots', 'Wait...', 'Wait', 'Wait...', ''],
    ['a text that only begins with the same words', 'Lamps', 'Lamps at noon.', 'Lamps', 'Lamps at noon.'],
    ['no title', '', 'Text.', '', 'Text.'],
    ['no text', 'Title…', '', 'Title…', ''],
    ['dots alone', '…', 'Text.', '…', 'Text.'],
  ])('%s', (_, title, text, keptTitle, keptText) => {
    expect(withoutEcho(title, text)).toEqual({ title: keptTitle, text: keptText });
  });
});
