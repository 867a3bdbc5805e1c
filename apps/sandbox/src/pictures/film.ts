import type { Answer } from '../server/service.ts';

/** The first bytes of an MP4, with nothing behind them: enough to be called a film. */
export const film: Answer = {
  status: 200,
  headers: { 'content-type': 'video/mp4' },
  body: Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex'),
};
