import { pictures, type Page } from '../page.ts';

const common = { host: 'news.example.com', language: 'en', site: 'The Example Harbour News' } as const;

const harbourLamps = {
  ...common,
  title: 'The harbour lamps are lit again',
  description:
    'After eleven dark months, the forty lamps on the old quay burn again, and the night fishers are glad of it.',
  author: 'Ada Quayle',
  published: '2026-03-02T06:15:00Z',
  tags: ['harbour', 'city'],
  paragraphs: [
    'At a quarter past five on Sunday evening an electrician named Ines Fairweather threw a switch in a cupboard behind the fish hall, and forty lamps came on along the old quay. Some people clapped. Most of them, being from here, looked at the sky, as if it had been the sky that had done it.',
    'The lamps went out eleven months ago, when the sea came over the wall in the spring storm and into the cellar where the cables met. The harbour office promised light by summer, then by autumn, and then it stopped promising. The night fishers hung lanterns from their masts and said little about it.',
    'What changed was a drawing. In the archive of the lighthouse company, a student found the plan of 1911, on which a second, dry duct runs behind the chandlery. Nobody living had known of it. "We pulled the new cable through in a day," says Fairweather. "A hundred and fifteen years, and there was not a drop of water in it."',
    'The lamps are the old ones, with new glass. They will burn from dusk until the last boat is in, which the harbour master decides, and not, as before, a clock. On Sunday the last boat was the Marguerite, at ten to one, with a small catch of mackerel and a crew of three who had not expected to be waved at.',
  ],
  pictures: pictures('640x360', 'png', 'harbour-lamps-at-dusk', 'old-quay'),
  facts: 'json-ld',
} as const;

/** The newspaper. */
export const newsPages: readonly Page[] = [
  { ...harbourLamps, path: '/2026/03/harbour-lamps' },
  { ...harbourLamps, path: '/archive/harbour-lamps', facts: 'meta', canonical: '/2026/03/harbour-lamps' },
  {
    ...common,
    path: '/2026/03/night-ferry',
    title: 'Night ferry sails with a single passenger, and a band',
    description: 'The last crossing of the winter timetable carried one ticket holder. The crew made an evening of it.',
    author: 'Tomas Lindqvist',
    published: '2026-03-05T22:40:00Z',
    tags: ['harbour', 'ferry', 'music'],
    paragraphs: [
      'The night ferry has places for four hundred people. On Thursday, on the last crossing of the winter timetable, it carried one: Mrs Odile Brandt, seventy-eight, on the way to her sister with a suitcase and a cake.',
      'By the rules a crossing is cancelled below five passengers. But the ferry had to be on the other side by morning anyway, and the captain, who plays the accordion, thought that an empty ship and a person with a cake were an occasion. The cook owns a double bass. The second engineer, it turned out, sings.',
      'They played in the forward saloon from the harbour mouth to the lighthouse, where the swell begins and a double bass is no longer safe. "I asked for a waltz and they knew four," says Mrs Brandt. "I have paid more for worse." The cake, lemon, did not reach her sister. The summer timetable begins on Monday with two crossings a day.',
    ],
    // The quay is the very picture of the page above.
    pictures: [...pictures('960x540', 'jpg', 'night-ferry-under-way'), ...pictures('640x360', 'png', 'old-quay')],
    facts: 'open-graph',
  },
  {
    ...common,
    path: '/2026/03/storm-warning',
    title: 'Storm warning: what the gauge at the breakwater saw',
    description: 'The water rose by a metre and ten in forty minutes. One of our two pictures did not survive it.',
    author: 'Ada Quayle',
    published: '2026-03-09T12:00:00Z',
    tags: ['harbour', 'weather'],
    paragraphs: [
      'The gauge at the breakwater is a brass pipe with a float in it and has been wrong only twice since 1934. On Monday morning it rose by a metre and ten in forty minutes, and the harbour master closed the gates by hand, because the motor had been under water for the first ten of them.',
      'Nobody was hurt. Three dinghies, a bench and the sign that says that fishing from the breakwater is forbidden are missing. The sign was last seen heading east, at a fair speed, and is welcome to it.',
      'Our photographer took two pictures. The camera drowned while it was writing down the second; we print what is left of it, which is nothing, because an honest gap says more about the morning than a stock photograph would.',
    ],
    pictures: pictures('640x360', 'png', 'breakwater-in-the-storm', 'broken-camera'),
    facts: 'json-ld',
  },
  {
    ...common,
    path: '/2026/03/tide-tables',
    title: 'Tide tables for April',
    description: 'High and low water for the whole month, as computed by the harbour office.',
    author: 'Harbour Office',
    published: '2026-03-20T08:00:00Z',
    tags: ['tides'],
    paragraphs: [
      'High water on the first of April is at 3.12 in the morning and at 15.38 in the afternoon; from there it comes about fifty minutes later each day, which everybody here knows and everybody asks about. The spring tide of the month falls on the third and the neap tide on the tenth.',
      'All times are those of the clock on the fish hall, which is the time of the land, and not of the clock on the harbour office, which is two minutes ahead so that nobody misses the ferry. The office computes the tables itself and takes no responsibility for wind.',
    ],
    pictures: [],
    facts: 'meta',
  },
  {
    ...common,
    path: '/2026/03/bridge-opens-for-nobody',
    title: 'The swing bridge opened nine times on Tuesday, for nobody',
    description: 'An engineer, a heron and a sensor that could not tell a bird from a mast.',
    author: 'Tomas Lindqvist',
    published: '2026-03-24T17:05:00Z',
    tags: ['bridge', 'city'],
    paragraphs: [
      'Nine times on Tuesday the swing bridge rang its bell, stopped the number four bus, turned, waited for a ship that was not there, and turned back. The drivers took it well until the sixth time. The seventh made it into the council meeting, which can see the bridge from its window.',
      'The engineer who was sent for found the sensor clean, the wiring dry and, on the sensor, a heron. It stands there because the fish wait below for the bridge to turn. "It has understood the system better than we have," she said, and moved the sensor by a metre, to where no fish wait. The bird has since been seen at the lock.',
    ],
    pictures: pictures('800x450', 'jpg', 'swing-bridge', 'heron-on-a-sensor'),
    facts: 'open-graph',
  },
  {
    ...common,
    path: '/2026/04/market-in-twelve-pictures',
    title: 'The Saturday market in twelve pictures',
    description: 'From the first van at four to the last broom at three: one morning on the square.',
    author: 'Wren Achterberg',
    published: '2026-04-04T15:30:00Z',
    tags: ['market', 'city', 'pictures'],
    paragraphs: [
      'The first van comes at four, when the square still belongs to the gulls, and by five there is a street where there was none. We stood in the middle of it for eleven hours and took a picture whenever something was finished: the first pyramid of oranges, the first argument, the first empty crate.',
      'Nobody posed. The flower seller asked us to come back when the tulips were open, and we did, at noon, and they were. By three there was only the broom, and a boy who was looking for his other shoe, which his mother turned out to be carrying.',
    ],
    pictures: pictures(
      '480x320',
      'jpg',
      ...'first-van gulls oranges bread fish-stall tulips cheese crates argument coffee rain broom'.split(' '),
    ),
    facts: 'json-ld',
  },
];
