import { describe, expect, it } from '@jest/globals';
import { fileTypeFromBuffer } from 'file-type';
import { pictureSize } from '../telegram/picture-size.ts';
import { picture } from './gallery.ts';
import { jpeg } from './jpeg.ts';
import { png } from './png.ts';

describe('generated pictures', () => {
  it.each([
    ['png', png],
    ['jpg', jpeg],
  ])('%s: of the asked size, the same for the same seed only', async (ext, draw) => {
    const made = draw(130, 70, 3);
    expect(await fileTypeFromBuffer(made)).toMatchObject({ ext });
    expect(pictureSize(made)).toEqual({ width: 130, height: 70 });
    expect(draw(130, 70, 3)).toEqual(made);
    expect(draw(130, 70, 4)).not.toEqual(made);
  });

  it('are refused beyond 4000 pixels and for other types', () => {
    expect(picture('x-4001x10.png')).toBeNull();
    expect(picture('x-10x10.webp')).toBeNull();
  });

  it('keep their magic bytes when they are broken', () => {
    const { body } = picture('broken-x-40x30.png') ?? { body: '' };
    expect(pictureSize(Buffer.from(body))).toBeNull();
    expect(Buffer.from(body).subarray(1, 4).toString()).toBe('PNG');
  });
});
