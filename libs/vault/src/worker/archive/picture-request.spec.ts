import { describe, expect, it } from '@jest/globals';
import { pictureHeaders } from './picture-request.ts';

const page = 'https://blog.example/posts/1?x=1';

describe('pictureHeaders', () => {
  it.each([
    ['https://i0.hdslb.com/bfs/archive/a.jpg', 'https://www.bilibili.com/', 'https://www.bilibili.com'],
    ['https://wx1.sinaimg.cn/large/a.jpg', 'https://weibo.com/', undefined],
    ['https://f.video.weibocdn.com/a.jpg', 'https://weibo.com/', undefined],
    ['https://pic1.zhimg.com/a.jpg', 'https://www.zhihu.com/', 'https://www.zhihu.com'],
    ['https://zhihu.com/a.jpg', 'https://www.zhihu.com/', 'https://www.zhihu.com'],
    ['https://cdn.example/a.jpg', 'https://blog.example/', undefined],
    ['https://nothdslb.com/a.jpg', 'https://blog.example/', undefined],
    ['https://hdslb.com.evil.example/a.jpg', 'https://blog.example/', undefined],
  ])('%s gets the referer %s', (url, referer, origin) => {
    const headers = pictureHeaders(url, page);
    expect(headers.referer).toBe(referer);
    expect(headers.origin).toBe(origin);
  });
});
