import { pictures, type Page } from '../page.ts';

const common = {
  host: 'blog.example.org',
  language: 'en',
  site: 'Slow Things',
  author: 'Mirela Stan',
} as const;

/** A person's blog. */
export const blogPages: readonly Page[] = [
  {
    ...common,
    path: '/sourdough-in-a-cold-kitchen',
    title: 'Sourdough in a cold kitchen',
    description: 'Twelve degrees, one window, no proving drawer: what a winter of flat loaves has taught me.',
    published: '2026-01-18T09:00:00+01:00',
    tags: ['bread', 'kitchen'],
    paragraphs: [
      'My kitchen has twelve degrees from November to March, and every book about bread assumes twenty-four. For two winters I thought that my starter was weak. It was cold, which is another thing: a weak starter needs food, and a cold one needs only time, of which I have plenty and the books have none.',
      'So here is the rule that I have come to: whatever the recipe says, multiply by three and go to bed. Mix in the morning, fold when you come home, shape before the late film, bake before work. The loaf does not mind. It rises while you sleep, and it tastes of the waiting.',
      'Three things help. Flour that stood in the living room overnight. Water that you would bathe a child in. And a dough that is a little wetter than looks right, because cold flour drinks slowly and catches up with you at two in the morning, when nobody adds water.',
    ],
    pictures: pictures('800x600', 'jpg', 'loaf-on-the-board', 'window-with-frost'),
    facts: 'json-ld',
  },
  {
    ...common,
    path: '/mending-an-umbrella',
    title: 'Mending an umbrella <properly> & for good',
    description:
      'It takes nine stitches, a thimble and less time than buying a new one. "Why bother?" is answered inside.',
    published: '2026-02-07T18:20:00+01:00',
    tags: ['mending', 'rain', 'C++ & needlework'],
    paragraphs: [
      'An umbrella dies at the tips. The cloth is sewn to each rib with three or four stitches of a thread that costs less than the label, and when one tip goes, the wind has a handle. Everything else about the umbrella is still good. I have eleven of them now, all found, all mended, and I give them away when it rains.',
      'Use waxed linen thread, doubled. Go through the eye of the tip three times, then around the rib, then back through the hem, and do not pull as if you were angry with it: cloth that is tight when it is dry tears when it is wet. Nine stitches, if you count the knot. A < B, as my daughter says, where A is nine stitches and B is a shop.',
      'Why bother? Because it takes less time than the way to the shop, and because for the rest of its life you will look up, on a wet day, at a small thing that holds since you told it to.',
    ],
    pictures: pictures('480x480', 'png', 'nine-stitches'),
    facts: 'open-graph',
  },
  {
    ...common,
    path: '/letters-to-a-lighthouse',
    title: 'Letters to a lighthouse',
    description: 'For forty years, people have written to a building. Somebody answers.',
    published: '2026-02-21T10:10:00+01:00',
    tags: ['lighthouse', 'letters'],
    paragraphs: [
      'The lighthouse on the north point has had no keeper since 1983, when the light became a matter of wires. It still has a letter box, because the postman objected to its removal, and so it still gets letters: about two hundred a year, most of them from children, some from sailors, and a few from people who simply needed an address that would be there.',
      'They are answered. By whom is not a secret, only a thing that nobody asks: on Wednesdays the light in the tower room is on in the afternoon, and there is a bicycle at the foot of the stairs. I wrote once, in a bad year. The answer came in a round hand, on the back of a tide table, and said: "Steady. Every nine seconds, whatever the weather. You would be surprised how much that is."',
    ],
    pictures: pictures('720x480', 'jpg', 'lighthouse-on-the-point', 'letter-box'),
    facts: 'json-ld',
  },
  {
    ...common,
    path: '/a-week-without-a-clock',
    title: 'A week without a clock 🕰️🌊',
    description: 'I covered every display in the house with tape. On the third day I was early for everything.',
    published: '2026-03-14T08:00:00+01:00',
    tags: ['time', 'experiment'],
    paragraphs: [
      'I covered the oven, the radio, the telephone and the little green numbers on the boiler, of which there were more than I had thought. The first day was pleasant. On the second I asked strangers. On the third I was early for everything, since I no longer knew how late I might still leave, and sat in waiting rooms with a book, which I had not done in years.',
      'What I had not expected: I did not sleep longer, I slept sooner. Without a number that says that it is only ten, ten is late enough. The sea helps. From my window one hears which way the tide goes, if one has not been told what time it is and listens.',
    ],
    pictures: pictures('640x360', 'png', 'taped-clock'),
    facts: 'open-graph',
  },
];
