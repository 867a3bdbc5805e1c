import type { Answer } from '../server/service.ts';

/** The beginning of an MP4: enough for whoever looks at what the bytes are. */
export const film: Answer = {
  status: 200,
  headers: { 'content-type': 'video/mp4' },
  body: Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex'),
};
