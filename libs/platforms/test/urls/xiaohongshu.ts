import type { UrlTable } from './url-table.ts';

const id = '6411cf99000000001300b6d9';
const note = `https://www.xiaohongshu.com/explore/${id}`;
const token = 'xsec_token=CBgeL8Dxd1ZWBhwqRd568gAZ_iwG-9JIf9tnApNmteU2E=';

/** Every page that shows a note, with and without the token of a share; short links; what only looks like Xiaohongshu. */
export const xiaohongshuUrls: UrlTable = {
  platform: 'xiaohongshu',
  groups: [
    {
      type: 'note',
      url: note,
      id,
      inputs: [
        note,
        `http://www.xiaohongshu.com/explore/${id}`,
        `https://xiaohongshu.com/explore/${id}`,
        `xiaohongshu.com/explore/${id}`,
        `HTTPS://WWW.XIAOHONGSHU.COM/explore/${id}`,
        `https://www.xiaohongshu.com./explore/${id}`,
        `https://www.xiaohongshu.com:443/explore/${id}`,
        `${note}/`,
        `https://www.xiaohongshu.com/explore/${id.toUpperCase()}`,
        `https://www.xiaohongshu.com//explore//${id}`,
        `https://www.xiaohongshu.com/%65xplore/${id}`,
        // one token or another is the same note
        `${note}?${token}&xsec_source=pc_feed`,
        `${note}?${token}&xsec_source=pc_search&source=web_search_result_notes`,
        `${note}?xsec_token=ABotherothertoken=&xsec_source=pc_user`,
        `${note}?m_source=pwa#comments`,
        `https://www.xiaohongshu.com/discovery/item/${id}`,
        `https://www.xiaohongshu.com/discovery/item/${id}?source=webshare&xhsshare=pc_web&${token}&xsec_source=pc_share`,
        `https://www.xiaohongshu.com/discovery/item/${id}?app_platform=android&ignoreEngage=true&app_version=8.69.1&share_from_user_hidden=true&xsec_source=app_share&type=video&${token}&author_share=1&shareRedId=x&apptime=1&share_id=y`,
        `https://www.xiaohongshu.com/search_result/${id}?${token}`,
        `https://www.xiaohongshu.com/user/profile/5c31698d0000000007018a31/${id}?${token}&xsec_source=pc_user`,
        `https://www.xiaohongshu.com/user/profile/5c31698d0000000007018a31/${id}`,
        // pages that stand in the way
        `https://www.xiaohongshu.com/website-login/captcha?redirectPath=${encodeURIComponent(note)}&verifyUuid=x&verifyType=102&verifyBiz=461`,
        `https://www.xiaohongshu.com/website-login/error?redirectPath=${encodeURIComponent(note)}&error_code=300012`,
        `https://www.xiaohongshu.com/login?redirectPath=${encodeURIComponent(`${note}?${token}`)}`,
        `https://www.xiaohongshu.com/404/sec_AbCd1234?redirectPath=${encodeURIComponent(note)}&error_code=300031`,
        // inside texts
        `【灯塔下的早餐 - 港口小灯 | 小红书 - 你的生活指南】 😆 AbC 😆 https://www.xiaohongshu.com/discovery/item/${id}?x=1`,
        `看 https://www.xiaohongshu.com/explore/${id}，很好`,
        `<${note}?${token}>`,
      ],
    },
    {
      type: 'note',
      url: 'https://www.xiaohongshu.com/explore/674051740000000007027a15',
      id: '674051740000000007027a15',
      inputs: ['https://www.xiaohongshu.com/discovery/item/674051740000000007027a15'],
    },
    {
      type: null,
      url: 'https://xhslink.com/a/AbCdEf12345',
      id: null,
      inputs: [
        'http://xhslink.com/a/AbCdEf12345',
        'https://xhslink.com/a/AbCdEf12345/',
        'xhslink.com/a/AbCdEf12345',
        'http://XHSLINK.com/a/AbCdEf12345?x=1',
        '65 港口小灯发布了一篇小红书笔记，快来看吧！ 😆 AbC 😆 http://xhslink.com/a/AbCdEf12345，复制本条信息，打开【小红书】App查看精彩内容！',
      ],
    },
    { type: null, url: 'https://xhslink.com/A/AbCdEf12345', id: null, inputs: ['http://xhslink.com/A/AbCdEf12345'] },
    { type: null, url: 'https://xhslink.com/m/AbCdEf12345', id: null, inputs: ['http://xhslink.com/m/AbCdEf12345'] },
    { type: null, url: 'https://xhslink.com/o/4jSAloOZrUC', id: null, inputs: ['http://xhslink.com/o/4jSAloOZrUC'] },
    { type: null, url: 'https://xhslink.com/AbCdEf', id: null, inputs: ['http://xhslink.com/AbCdEf'] },
  ],
  web: [
    // look-alikes
    `https://www.xiaohongshu.com.evil.test/explore/${id}`,
    `https://notxiaohongshu.com/explore/${id}`,
    `https://evil.test/?u=https://www.xiaohongshu.com/explore/${id}`,
    `https://evil.test/www.xiaohongshu.com/explore/${id}`,
    `https://www.xiaohongshu.com:8443/explore/${id}`,
    'https://xhslink.com.evil.test/a/AbCdEf12345',
    'https://notxhslink.com/a/AbCdEf12345',
    `https://www.xiaohongshu.com/login?redirectPath=https%3A%2F%2Fevil.test%2Fexplore%2F${id}`,
    // pages that are no notes
    'https://www.xiaohongshu.com/',
    'https://www.xiaohongshu.com/explore',
    'https://www.xiaohongshu.com/explore?channel_id=homefeed_recommend',
    'https://www.xiaohongshu.com/explore/6411cf99000000001300b6d',
    'https://www.xiaohongshu.com/explore/6411cf99000000001300b6dg',
    `https://www.xiaohongshu.com/explore/${id}0`,
    'https://www.xiaohongshu.com/user/profile/5c31698d0000000007018a31',
    'https://www.xiaohongshu.com/search_result?keyword=灯塔',
    'https://www.xiaohongshu.com/board/5c31698d0000000007018a31',
    'https://www.xiaohongshu.com/goods-detail/5c31698d0000000007018a31',
    'https://www.xiaohongshu.com/website-login/captcha?verifyUuid=x',
    `https://creator.xiaohongshu.com/explore/${id}`,
    'https://xhslink.com/',
    'https://xhslink.com/a/',
    'https://xhslink.com/a/b/AbCdEf12345',
  ],
  refused: [`https://me:secret@www.xiaohongshu.com/explore/${id}`, id],
};
