const alphabet = 'fZodR9XQDSUm21yCkr6zBqiveYah8bt4xsWpHnJE7jL5VG3guMTKNPAwcF';
const places = [9, 8, 1, 6, 2, 4, 0, 7, 3, 5] as const;
const mask = 177451812n;
const shift = 100618342136696320n;

/** The BV spelling of an av number (bilibili-API-collect, docs/misc/bvid_desc.md). */
export function bvidOf(aid: number): string {
  let rest = (BigInt(aid) ^ mask) + shift;
  const characters = Array<string>(places.length).fill('');
  for (const place of places) {
    characters[place] = alphabet[Number(rest % 58n)] ?? '';
    rest /= 58n;
  }
  return `BV${characters.join('')}`;
}
