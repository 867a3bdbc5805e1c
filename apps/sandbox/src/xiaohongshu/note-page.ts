import { html, type Answer } from '../server/service.ts';
import type { FakeNote } from './notes.ts';

const signed = (scene: string, name: string): string =>
  `http://sns-webpic-qc.xhscdn.com/202311150857/60985d4963cfb500a9b0838667eb3adc/${name}!nd_${scene}_wlteh_webp_3`;

/** The page of a note: all that it shows is in the state that its script begins with, which is JavaScript and no JSON. */
export function notePage(note: FakeNote): Answer {
  return pageWith({
    ...{ prevRouteData: {}, prevRoute: 'Empty', commentTarget: 'undefined-mark', firstNoteId: note.id },
    noteDetailMap: { [note.id]: { comments: { list: [], cursor: '' }, currentTime: note.time, note: stateOf(note) } },
    serverRequestInfo: { state: 'success', errorCode: 0, errMsg: '' },
  });
}

/** The same page for a note that is not shown. */
export function emptyPage(id: string, errorCode: number, errMsg: string): Answer {
  const serverRequestInfo = { state: 'fail', errorCode, errMsg };
  return pageWith({ firstNoteId: 'undefined-mark', noteDetailMap: { [id]: { note: {} } }, serverRequestInfo });
}

function pageWith(note: object): Answer {
  const state = { global: { pwaAddDesktopPrompt: 'undefined-mark' }, user: { loggedIn: false }, note };
  const script = JSON.stringify(state).replaceAll('"undefined-mark"', 'undefined').replaceAll('/', '\\u002F');
  return html(
    `<!doctype html><html><head><meta charset="utf-8"><title>小红书</title></head><body><div id="app"></div><script>window.__INITIAL_STATE__=${script}</script></body></html>`,
  );
}

function stateOf(note: FakeNote): object {
  const { id, title, desc, time, by, tags, pictures, film } = note;
  const [likedCount, collectedCount, commentCount, shareCount] = note.counts;
  return {
    ...{ noteId: id, type: film === true ? 'video' : 'normal', title, desc, time, lastUpdateTime: time + 60_000 },
    ...{ ipLocation: '山东', xsecToken: 'ABsandboxsecret=', atUserList: [], shareInfo: { unShare: false } },
    user: {
      ...{ userId: by.id, nickname: by.name, xsecToken: 'ABsandboxsecret=' },
      avatar: 'https://sns-avatar-qc.xhscdn.com/avatar/face-200x200.jpg?imageView2/2/w/120/format/jpg',
    },
    tagList: tags.map((name, index) => ({ id: String(index), name, type: 'topic' })),
    imageList: pictures.map((name) => imageOf(name, note)),
    ...(film === true ? { video: filmOf() } : {}),
    interactInfo: { followed: false, likedCount, collectedCount, commentCount, shareCount },
  };
}

function imageOf(name: string, { live }: FakeNote): object {
  const [, width, height] = /-(\d+)x(\d+)$/.exec(name) ?? [];
  const [urlPre, urlDefault] = [signed('prv', name), signed('dft', name)];
  return {
    ...{ fileId: '', url: '', traceId: '', width: Number(width), height: Number(height), urlPre, urlDefault },
    infoList: [
      { imageScene: 'WB_PRV', url: urlPre },
      { imageScene: 'WB_DFT', url: urlDefault },
    ],
    livePhoto: live === name,
    stream: live === name ? { h264: [quality(720, 540)] } : {},
  };
}

function filmOf(): object {
  const stream = { h264: [quality(720, 1_280), quality(1_080, 1_920)], h265: [quality(2_160, 3_840)], av1: [] };
  return { capa: { duration: 101 }, consumer: { originVideoKey: 'pre_post/sandbox0001' }, media: { stream } };
}

function quality(width: number, height: number): object {
  const masterUrl = `http://sns-video-hw.xhscdn.com/stream/${width}x${height}.mp4`;
  return { masterUrl, backupUrls: [], width, height, avgBitrate: width * 1_000, duration: 101_726 };
}
