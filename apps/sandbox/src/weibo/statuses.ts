/** Somebody who writes. */
export interface Author {
  id: string;
  name: string;
}

/** A status, as far as the fake knows it. Pictures by their names, such as `harbour-640x360`. */
export interface FakeStatus {
  mid: string;
  bid: string;
  by: Author;
  /** `Fri Jun 09 20:00:19 +0800 2023`: how Weibo writes times. */
  at: string;
  text: string;
  /** The whole of a text that is shown cut. */
  longText?: string;
  topics?: readonly string[];
  pictures?: readonly string[];
  /** The picture among them that moves. */
  live?: string;
  /** A film, by the name of its picture. */
  film?: string;
  /** Pictures and the film in one row. */
  mixed?: boolean;
  /** The number of the one that it passes on; `gone` is one that was deleted. */
  passesOn?: string;
  counts: readonly [shares: number, comments: number, likes: number];
  /** Shown to whoever brings a cookie SUB. */
  forAccounts?: boolean;
}

const alan: Author = { id: '7700000001', name: '海边的阿岚' };
const office: Author = { id: '7700000002', name: '渔港通告' };

const list: readonly FakeStatus[] = [
  {
    ...{ mid: '4910815147462302', bid: 'N4xlMvjhI', by: alan, at: 'Fri Jun 09 20:00:19 +0800 2023' },
    text: '【灯塔重新亮了】#灯塔日# 修了三个月，今晚八点...',
    longText:
      '【灯塔重新亮了】#灯塔日# 修了三个月，今晚八点，灯塔重新亮了。[good]\n\n日志：http://t.cn/A6lamps1 \n谢谢 @渔港通告 \u200b\u200b',
    ...{ topics: ['灯塔日'], pictures: ['relit-1280x960', 'keeper-960x720'], counts: [12, 34, 5_678] },
  },
  {
    ...{ mid: '4910815147462303', bid: 'N4xlMvjhJ', by: alan, at: 'Sat Jun 10 06:12:00 +0800 2023' },
    ...{ text: '一早的渔港，三张', pictures: ['nets-800x600', 'gulls-800x600', 'quay-600x800'], live: 'gulls-800x600' },
    counts: [0, 2, 41],
  },
  {
    ...{ mid: '4910815147462304', bid: 'N4xlMvjhK', by: alan, at: 'Sat Jun 10 11:40:00 +0800 2023' },
    ...{ text: '渔船靠岸的四分钟 \u200b', film: 'landing-1280x720', counts: [3, 5, 900] },
  },
  {
    ...{ mid: '4910815147462305', bid: 'N4xlMvjhL', by: alan, at: 'Sun Jun 11 09:00:00 +0800 2023' },
    ...{ text: '周末的渔港', pictures: ['market-640x480'], film: 'auction-1280x720', mixed: true, counts: [1, 1, 7] },
  },
  {
    ...{ mid: '4910815147462306', bid: 'N4xlMvjhM', by: office, at: 'Mon Jun 12 08:00:00 +0800 2023' },
    ...{ text: '转发微博', passesOn: '4910815147462302', counts: [0, 0, 3] },
  },
  {
    ...{ mid: '4910815147462307', bid: 'N4xlMvjhN', by: office, at: 'Mon Jun 12 09:00:00 +0800 2023' },
    ...{ text: '可惜了', passesOn: 'gone', counts: [0, 1, 0] },
  },
  {
    ...{ mid: '4910815147462308', bid: 'N4xlMvjhO', by: office, at: 'Tue Jun 13 09:00:00 +0800 2023' },
    ...{ text: '雾号今晚试响，只给登录的人看。', counts: [0, 0, 1], forAccounts: true },
  },
];

/** Statuses by either of their names. */
export const statuses: ReadonlyMap<string, FakeStatus> = new Map(
  list.flatMap((status) => [
    [status.mid, status],
    [status.bid, status],
  ]),
);

/** Where short links lead. */
export const shortCodes: Readonly<Record<string, string>> = {
  A6relit1: 'https://m.weibo.cn/status/N4xlMvjhI?wm=3333_2001&from=10D9093010',
  A6film01: 'https://weibo.com/7700000001/N4xlMvjhK',
  A6lamps1: 'https://journal.example.com/lamps',
};
