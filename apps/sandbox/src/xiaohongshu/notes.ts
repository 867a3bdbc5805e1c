/** A note, as far as the fake knows it. Pictures by their names, such as `harbour-640x360`. */
export interface FakeNote {
  id: string;
  title: string;
  /** With topics as the site writes them: `#name[话题]#`. */
  desc: string;
  /** Milliseconds since the epoch. */
  time: number;
  by: { id: string; name: string };
  tags: readonly string[];
  pictures: readonly string[];
  /** The picture that moves. */
  live?: string;
  film?: boolean;
  /** As the site writes counts: texts, rounded. */
  counts: readonly [likes: string, collects: string, comments: string, shares: string];
  /** Shown to whoever brings this token, or a cookie web_session. */
  token?: string;
}

const alan = { id: '5c31698d0000000007018a31', name: '海边的阿岚' };
const keeper = { id: '5c31698d0000000007018a32', name: '修塔人老周' };

const list: readonly FakeNote[] = [
  {
    ...{ id: '6411cf99000000001300b6d9', title: '灯塔下的早餐', time: 1_678_888_888_000, by: alan },
    ...{ desc: '六点的灯塔，一碗热面。\n#灯塔[话题]# #渔港早餐[话题]# [笑哭R]\t', tags: ['灯塔', '渔港早餐'] },
    ...{ pictures: ['noodles-1080x1440', 'lighthouse-1080x1440', 'steam-1440x1080'], live: 'steam-1440x1080' },
    counts: ['1.2万', '3456', '78', '90'],
  },
  {
    ...{ id: '6411cf99000000001300b6da', title: '', time: 1_679_888_888_000, by: keeper },
    ...{ desc: '换一盏灯要几步？ #灯塔[话题]#', tags: ['灯塔'], pictures: ['lamp-1080x1920'], film: true },
    counts: ['10+', '', '评论', '4'],
  },
  {
    ...{ id: '6411cf99000000001300b6db', title: '起雾了', time: 1_680_888_888_000, by: alan },
    ...{ desc: '渡轮停航一天。', tags: [], pictures: ['fog-1080x1440'], token: 'ABsandboxsandboxsandbox=' },
    counts: ['99', '1', '2', '3'],
  },
];

/** Notes by id. */
export const notes: ReadonlyMap<string, FakeNote> = new Map(list.map((note) => [note.id, note]));

/** Where short links lead. */
export const shortCodes: Readonly<Record<string, string>> = {
  '/a/Noodles1':
    '/discovery/item/6411cf99000000001300b6d9?app_platform=ios&type=normal&xsec_source=app_share&xsec_token=CBsandboxsandbox=',
  '/m/TheFog01':
    '/discovery/item/6411cf99000000001300b6db?app_platform=android&xsec_source=app_share&xsec_token=ABsandboxsandboxsandbox=',
  '/o/Keeper01': '/user/profile/5c31698d0000000007018a32?xsec_token=x',
};
