/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [number, number, number];

/** The colour of each point of a picture, column by column; x and y from 0 to 1, from the upper left corner. */
export type Scene = (x: number) => (y: number) => Colour;

/** Sky above, sky at the horizon, hills. */
const palettes: readonly (readonly [Colour, Colour, Colour])[] = [
  [
    [38, 70, 131],
    [246, 178, 107],
    [28, 48, 74],
  ],
  [
    [92, 160, 211],
    [226, 238, 243],
    [58, 94, 70],
  ],
  [
    [24, 26, 58],
    [122, 82, 140],
    [16, 18, 34],
  ],
  [
    [120, 176, 190],
    [250, 226, 178],
    [96, 72, 52],
  ],
  [
    [70, 110, 140],
    [232, 196, 200],
    [52, 60, 84],
  ],
];
const sun: Colour = [255, 236, 190];
const black: Colour = [0, 0, 0];
// Called for each point; in a test's own global scope a look-up of `Math` costs more than the sum itself.
const { hypot, max, min, sin } = Math;

/** A landscape: sky, sun, three rows of hills. The same seed gives the same picture. */
export function landscape(seed: number): Scene {
  const [sky, horizon, hill] = palettes[seed % palettes.length] ?? [sun, sun, sun];
  const [sunX, sunY] = [0.15 + 0.7 * random(seed, 1), 0.15 + 0.3 * random(seed, 2)];
  const ridges = [0, 1, 2].map((row) => ({
    height: 0.5 + 0.15 * row,
    waves: [1, 2, 3].map((wave) => ({
      size: (0.09 * random(seed, 10 * row + wave)) / wave,
      pace: wave * (2 + 5 * random(seed, 20 * row + wave)),
      shift: 7 * random(seed, 30 * row + wave),
    })),
    colour: mix(horizon, hill, 0.45 + 0.27 * row),
  }));
  const nearestFirst = ridges.toReversed();
  return (x) => {
    const edges = nearestFirst.map(({ height, waves, colour }) => ({
      edge: waves.reduce((sum, { size, pace, shift }) => sum + size * sin(pace * x + shift), height),
      colour,
    }));
    return (y) => {
      const hit = edges.find(({ edge }) => y > edge);
      if (hit) return mix(hit.colour, black, min(0.5, (y - hit.edge) * 0.9));
      const distance = hypot((x - sunX) * 1.6, y - sunY);
      return mix(mix(sky, horizon, min(1, y * 1.7)), sun, distance < 0.06 ? 1 : max(0, 0.4 - distance));
    };
  };
}

/** A number for a name, so that a name is a picture (FNV-1a, 32 bit). */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

const mix = (from: Colour, to: Colour, share: number): Colour => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
];

/** From 0 to 1, the same for the same numbers. */
const random = (seed: number, index: number): number => seedOf(`${seed}:${index}`) / 0xffffffff;
