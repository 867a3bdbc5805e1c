/** Somebody who publishes. */
export interface Person {
  mid: number;
  name: string;
  sign: string;
  /** How many follow. */
  follower: number;
}

const list: readonly Person[] = [
  { mid: 9001, name: '海边的阿岚', sign: '拍渔港，也写渔港。\n每周五更新', follower: 48_211 },
  { mid: 9002, name: 'NightFerry <夜航> & 朋友们', sign: '', follower: 1_203_554 },
  { mid: 9003, name: '修塔人老周', sign: '一座灯塔，一百二十年', follower: 77 },
];

/** Everybody, by number. */
export const people: ReadonlyMap<number, Person> = new Map(list.map((person) => [person.mid, person]));

/** Where somebody's picture is: by http, and small, as the API often gives it. */
export const faceOf = (mid: number): string => `//i1.hdslb.com/bfs/face/face-${mid}-200x200.jpg@96w_96h_1c.webp`;

/** The person behind a number that the fake itself uses. @throws for a number that nobody has */
export function personOf(mid: number): Person {
  const person = people.get(mid);
  if (!person) throw new Error(`nobody has the number ${mid}`);
  return person;
}

/** `data` of `GET /x/web-interface/card`. */
export function cardOf({ mid, name, sign, follower }: Person) {
  return {
    card: {
      mid: String(mid),
      name,
      sex: '保密',
      face: `http://i1.hdslb.com/bfs/face/face-${mid}-200x200.jpg`,
      fans: follower,
      attention: 42,
      sign,
      level_info: { current_level: 6 },
      Official: { role: 0, title: '', desc: '', type: -1 },
      space: { s_img: '', l_img: `http://i0.hdslb.com/bfs/space/space-${mid}-1280x200.png` },
    },
    following: false,
    archive_count: 3,
    article_count: 0,
    follower,
    like_num: follower * 3,
  };
}
