import { Unsupported, type Canonical } from '@vaultstream/contracts';
import type { Platform } from '../platform.ts';
import { addressOf, kinds, thingOf } from './address.ts';
import { readThing } from './read-thing.ts';
import { zhihuSettings, type ZhihuSettings } from './settings.ts';
import { contentOf } from './to-content.ts';

const parserVersion = 1;

/** Zhihu: answers, articles, questions and pins, through its API, and the state of their pages where that refuses. */
export const zhihu: Platform<ZhihuSettings> = {
  id: 'zhihu',
  hosts: ['zhihu.com', 'fxzhihu.com'],
  contentTypes: kinds,
  example: 'https://www.zhihu.com/question/20000001/answer/30000001',
  parserVersion,
  settings: zhihuSettings,
  notes: [
    'Answers, articles, questions and pins. People, columns, collections, topics, videos and paid books are pages for web.',
    'The one address of an answer names no question, because a share of the app does not know it.',
    'Some answers of the API want a signature that only a script of the site can make (10003): then the page is read.',
    '40352, 40362, a bare 403 and /account/unhuman are risk control, and tried again; a page that wants the cookie __zse_ck is AccessDenied.',
    'Cookies go to *.zhihu.com over https only; only the step from an answer to its page below its question is followed.',
    'Pictures are fetched with the referer https://www.zhihu.com/. A film inside an article is kept by its picture; those of pins by themselves.',
  ],

  canonicalize(url: URL): Canonical | null {
    const thing = thingOf(url);
    return thing && { platform: 'zhihu', url: addressOf(thing), platformId: thing.id, contentType: thing.kind };
  },

  async parse({ canonical }, ctx) {
    const thing = thingOf(new URL(canonical.url));
    if (!thing) throw new Unsupported('this kind of address is not read by this platform');
    return { ...contentOf(thing, await readThing(thing, ctx)), parser_version: parserVersion };
  },
};
