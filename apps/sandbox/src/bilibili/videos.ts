import { bvidOf } from './ids.ts';
import { refused } from './refusals.ts';

/** A video, as far as the fake knows it. */
export interface Video {
  aid: number;
  title: string;
  desc: string;
  owner: { mid: number; name: string };
  /** Seconds since the epoch. */
  pubdate: number;
  /** Seconds. */
  duration: number;
  tags: string[];
  views: number;
}

const list: readonly Video[] = [
  {
    aid: 170001,
    title: '凌晨四点的渔港：第一批渔船靠岸',
    desc: '跟着老船长出海一晚，记录渔港从深夜到天亮的样子。\n00:00 出港\n05:12 收网\n11:40 靠岸',
    owner: { mid: 9001, name: '海边的阿岚' },
    pubdate: 1_767_225_600,
    duration: 764,
    tags: ['渔港', '纪录片', '日出'],
    views: 128_341,
  },
  {
    aid: 170002,
    title: '夜航渡轮 4K｜从旧码头到灯塔',
    desc: '全程一镜到底，没有解说，只有海浪和汽笛。',
    owner: { mid: 9002, name: 'NightFerry <夜航> & 朋友们' },
    pubdate: 1_768_089_600,
    duration: 1_835,
    tags: ['渡轮', '白噪音', '4K'],
    views: 5_230_117,
  },
  {
    aid: 170003,
    title: '修一座一百二十年的灯塔要几步？',
    desc: '',
    owner: { mid: 9003, name: '修塔人老周' },
    pubdate: 1_769_040_000,
    duration: 421,
    tags: [],
    views: 77,
  },
];

/** Videos by av number. */
export const videos: ReadonlyMap<number, Video> = new Map(list.map((video) => [video.aid, video]));

/** Answers -403 unless a SESSDATA cookie comes along, then as its twin. */
export const membersOnly = { aid: 4_030, twin: 170003 } as const;

const knownIds = [...videos.keys(), ...refused.map(Number), membersOnly.aid];
const byBvid = new Map(knownIds.map((aid) => [bvidOf(aid), aid]));

/** The av number of a BV id; null where the fake knows none. */
export const aidOf = (bvid: string): number | null => byBvid.get(bvid) ?? null;
