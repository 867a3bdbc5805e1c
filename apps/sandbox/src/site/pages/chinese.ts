import { pictures, type Page } from '../page.ts';

/** A Chinese site in the encoding of its time, which only a meta element tells. */
export const chinesePages: readonly Page[] = [
  {
    host: 'wenzhai.example.net',
    path: '/2026/lighthouse.html',
    language: 'zh-CN',
    site: '海边文摘',
    title: '守灯塔的人：四十年，每九秒一次',
    description: '老周守了四十年灯塔。灯自动化以后，他每个星期三还是骑车上山，给写信来的孩子们回信。',
    author: '林海生',
    published: '2026-02-25T09:30:00+08:00',
    tags: ['灯塔', '海边', '人物'],
    paragraphs: [
      '北角的灯塔一九八三年就没有守塔人了，灯归电线管，信箱却留了下来，因为邮递员不同意拆。于是每年还是有两百来封信寄到塔里，大多是孩子写的，也有水手，还有一些人只是需要一个永远不会搬走的地址。',
      '老周今年七十六岁，退休前守了四十年灯。每个星期三下午，塔顶的小屋会亮起来，楼梯口停着一辆旧自行车。他一封一封地拆，一封一封地回，字写得圆圆的，写在去年的潮汐表背面，因为那种纸好，不洇墨。',
      '有人问他怎么坚持下来的。他想了很久，说：“灯每九秒亮一次，不管天气好坏。你要是每九秒问它一次累不累，它也会累的。”问的人笑了，他也笑了，然后低头继续写信，窗外的雾正慢慢升起来，把整个海湾盖住。',
    ],
    pictures: pictures('800x450', 'jpg', 'lighthouse-on-the-point', 'old-zhou'),
    facts: 'meta',
    charset: 'gb18030',
  },
];
