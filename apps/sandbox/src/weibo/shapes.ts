import { statuses, type Author, type FakeStatus } from './statuses.ts';

const goneText = '抱歉，此微博已被作者删除。查看帮助：http://t.cn/A6gone01';
const file = (size: string, name: string): string => `https://wx1.sinaimg.cn/${size}/${name}.jpg`;
const films = (name: string, quality: string): string =>
  `http://f.video.weibocdn.com/o0/${name}-${quality}.mp4?label=mp4_${quality}&Expires=1700000000`;
const moving = (name: string): string => `https://livephoto.us.sinaimg.cn/${name}.mov`;

/** Pixels, by the name of a picture. */
function sizeOf(name: string): { width: number; height: number } {
  const [, width, height] = /-(\d+)x(\d+)$/.exec(name) ?? [];
  return { width: Number(width), height: Number(height) };
}

const region = (status: FakeStatus) => ({
  ...{ region_name: '发布于 山东', isLongText: status.longText !== undefined },
  ...{ reposts_count: status.counts[0], comments_count: status.counts[1], attitudes_count: status.counts[2] },
});

const userOf = ({ id, name }: Author) => ({
  ...{ id: Number(id), idstr: id, screen_name: name, profile_url: `/u/${id}`, verified: false },
  profile_image_url: `https://tvax1.sinaimg.cn/crop.0.0.200.200.50/face-200x200.jpg?KID=imgbed,tva&ssig=x`,
  avatar_hd: `https://tvax1.sinaimg.cn/crop.0.0.200.200.1024/face-200x200.jpg?KID=imgbed,tva&ssig=x`,
});

/** What `weibo.com/ajax/statuses/show` gives. */
export function desktopOf(status: FakeStatus): object {
  const { mid, bid, text, pictures = [], film, passesOn, topics = [] } = status;
  const card = film === undefined ? undefined : desktopFilm(film);
  return {
    ...{ ok: 1, id: Number(mid), idstr: mid, mid, mblogid: bid, created_at: status.at, user: userOf(status.by) },
    ...{ text_raw: text, text, source: '<a href="http://app.weibo.com/t/feed/1" rel="nofollow">iPhone 15</a>' },
    ...region(status),
    topic_struct: topics.map((topic_title) => ({ title: '', topic_title })),
    pic_ids: pictures,
    pic_num: pictures.length,
    pic_infos: Object.fromEntries(pictures.map((name) => [name, desktopPicture(name, status)])),
    ...(status.mixed === true
      ? {
          mix_media_info: {
            items: [
              ...pictures.map((name) => ({ type: 'pic', id: name, data: desktopPicture(name, status) })),
              { type: 'video', id: '1034:1', data: card },
            ],
          },
        }
      : card && { page_info: card }),
    ...(passesOn === undefined ? {} : { retweeted_status: originalOf(passesOn, desktopOf) }),
  };
}

function desktopPicture(name: string, { live }: FakeStatus): object {
  const copy = (size: string) => ({ url: file(size, name), ...sizeOf(name), cut_type: 1 });
  const [thumbnail, bmiddle, mw2000, largest] = ['wap180', 'bmiddle', 'mw2000', 'large'].map(copy);
  return {
    ...{ pic_id: name, type: live === name ? 'livephoto' : 'pic', thumbnail, bmiddle, mw2000, largest },
    ...(live === name
      ? { video: `https://video.weibo.com/media/play?livephoto=${encodeURIComponent(moving(name))}` }
      : {}),
  };
}

function desktopFilm(name: string): object {
  const quality = (quality_index: number) => ({
    meta: { label: `mp4_${quality_index}p`, quality_index },
    play_info: { url: films(name, `${quality_index}p`), mime: 'video/mp4', ...sizeOf(name), bitrate: quality_index },
  });
  return {
    ...{ type: '11', object_type: 'video', page_pic: file('orj480', name), page_title: '微博视频' },
    media_info: {
      ...{ name: '微博视频', duration: 240, stream_url: films(name, 'ld'), stream_url_hd: films(name, 'hd') },
      ...{ online_users_number: 4_321, playback_list: [quality(360), quality(720), quality(1_080)] },
    },
  };
}

/** What `m.weibo.cn/statuses/show` gives below `data`: a text in HTML, pictures in a list. */
export function mobileOf(status: FakeStatus): object {
  const { mid, bid, longText, text, pictures = [], film, passesOn, live } = status;
  return {
    ...{ id: mid, mid, bid, created_at: status.at, source: 'iPhone客户端', user: userOf(status.by) },
    ...region(status),
    text: (longText ?? text)
      .replaceAll('\n', '<br />')
      .replaceAll('[good]', '<span class="url-icon"><img alt=[good] src="https://h5.sinaimg.cn/good.png" /></span>'),
    isLongText: false,
    pics: pictures.map((name) => ({
      ...{
        pid: name,
        url: file('orj360', name),
        large: { size: 'large', url: file('large', name), geo: sizeOf(name) },
      },
      ...(live === name ? { type: 'livephoto', videoSrc: moving(name) } : {}),
    })),
    ...(film === undefined
      ? {}
      : {
          page_info: {
            ...{ type: 'video', object_type: 11, play_count: '4321次播放', page_pic: { url: file('orj480', film) } },
            urls: { mp4_720p_mp4: films(film, '720p'), mp4_ld_mp4: films(film, 'ld') },
          },
        }),
    ...(passesOn === undefined ? {} : { retweeted_status: originalOf(passesOn, mobileOf) }),
  };
}

function originalOf(name: string, shape: (status: FakeStatus) => object): object {
  const original = statuses.get(name);
  if (original) return shape(original);
  return { id: 1, idstr: '1', mid: '1', user: null, text: goneText, text_raw: goneText, deleted: '1' };
}
