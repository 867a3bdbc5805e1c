import { afterAll, describe, expect, it } from '@jest/globals';
import { BadPayload, InfrastructureError, Overloaded, Unsupported } from '@vaultstream/contracts';
import { eventually } from '@vaultstream/testing';
import sharp from 'sharp';
import { animation, emptyPngOf, onScreen, oriented, photo, pngOf, withPngText } from '../../../test/pictures.ts';
import { ImageConverter } from './image-converter.ts';

const converter = new ImageConverter();
afterAll(() => converter.stop());

const convert = (bytes: Uint8Array) => converter.convert({ bytes, quality: 80 });
/** Small to send, and a second of work and 200 MB to convert: 49 megapixels. */
const large = pngOf(7_000, 7_000);

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The pid of the converter's child, once there is one. */
async function pidOf(some: ImageConverter): Promise<number> {
  await eventually(() => some.childPid !== undefined);
  return some.childPid ?? 0;
}

/** Mean colour of a part of a picture. */
async function colourAt(bytes: Uint8Array, left: number, top: number): Promise<number[]> {
  const part = await sharp(bytes).extract({ left, top, width: 4, height: 4 }).removeAlpha().raw().toBuffer();
  return [0, 1, 2].map((channel) => part.filter((_, index) => index % 3 === channel).reduce((a, b) => a + b, 0) / 16);
}

describe('ImageConverter', () => {
  it('behaviour 20: makes WebP of JPEG, PNG, WebP, GIF and AVIF, with its size', async () => {
    const image = photo(120, 80);
    const sources = [
      await image.clone().jpeg().toBuffer(),
      await image.clone().png().toBuffer(),
      await image.clone().webp().toBuffer(),
      await image.clone().gif().toBuffer(),
      await image.clone().avif({ effort: 0 }).toBuffer(),
    ];
    for (const source of sources) {
      const { bytes, width, height } = await convert(source);
      expect({ width, height }).toEqual({ width: 120, height: 80 });
      expect((await sharp(bytes).metadata()).format).toBe('webp');
    }
  });

  it('I12: the same picture gives the same bytes, also from a new child', async () => {
    const source = await photo().jpeg().toBuffer();
    const first = await convert(source);
    const other = new ImageConverter();
    const second = await other.convert({ bytes: source, quality: 80 });
    await other.stop();
    expect(Buffer.from(second.bytes)).toEqual(Buffer.from(first.bytes));
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('I8: applies orientation %d', async (orientation) => {
    const { bytes, width, height } = await convert(await oriented(orientation));
    expect({ width, height }).toEqual({ width: 80, height: 40 });
    const [left, right] = [await colourAt(bytes, 10, 18), await colourAt(bytes, 66, 18)];
    expect(left[0]).toBeGreaterThan(200);
    expect(left[2]).toBeLessThan(60);
    expect(right[0]).toBeLessThan(60);
    expect(right[2]).toBeGreaterThan(200);
    expect((await sharp(bytes).metadata()).orientation).toBeUndefined();
  });

  it('I8: keeps nothing of EXIF, GPS, XMP or PNG text', async () => {
    const exif = {
      IFD0: { Artist: 'CANARY Jane', Copyright: 'CANARY', Model: 'CANARY-SERIAL' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 30/1 3230/100',
        GPSLongitudeRef: 'W',
        GPSLongitude: '0/1 7/1 4366/100',
      },
    };
    const xmp =
      '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">CANARY</x:xmpmeta><?xpacket end="w"?>';
    const sources = [
      await photo().withExif(exif).withXmp(xmp).jpeg().toBuffer(),
      await photo().withExif(exif).withXmp(xmp).webp().toBuffer(),
      await photo().withExif(exif).withXmp(xmp).png().toBuffer(),
      withPngText(await photo().png().toBuffer(), 'CANARY'),
    ];
    for (const source of sources) {
      expect(source.includes('CANARY')).toBe(true);
      const { bytes } = await convert(source);
      expect(Buffer.from(bytes).includes('CANARY')).toBe(false);
      const { exif: left, xmp: leftXmp, icc, iptc } = await sharp(bytes).metadata();
      expect([left, leftXmp, icc, iptc]).toEqual([undefined, undefined, undefined, undefined]);
    }
  });

  it('I9: turns CMYK, 16 bit, wide gamut and grey with alpha into sRGB of 8 bit', async () => {
    const green = sharp({ create: { width: 32, height: 32, channels: 3, background: { r: 110, g: 150, b: 120 } } });
    const png = await green.png().toBuffer();
    // CMYK cannot say every colour: the way there and back costs more.
    const sources: [Buffer, number][] = [
      [await sharp(png).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }).toBuffer(), 16],
      [await sharp(png).toColourspace('rgb16').png().toBuffer(), 4],
      [await sharp(png).withIccProfile('p3').png().toBuffer(), 4],
    ];
    for (const [source, tolerance] of sources) {
      const { bytes } = await convert(source);
      expect(await sharp(bytes).metadata()).toMatchObject({ space: 'srgb', depth: 'uchar', hasProfile: false });
      const colour = await colourAt(bytes, 14, 14);
      for (const [channel, value] of [110, 150, 120].entries())
        expect(Math.abs((colour[channel] ?? 0) - value)).toBeLessThan(tolerance);
    }
    const grey = await sharp(png).ensureAlpha(0.5).toColourspace('b-w').png().toBuffer();
    expect(await sharp((await convert(grey)).bytes).metadata()).toMatchObject({ hasAlpha: true, depth: 'uchar' });
  });

  it('I3: keeps animations within the limits, and the first frame of longer ones', async () => {
    const short = await convert(await animation(12));
    expect({ width: short.width, height: short.height }).toEqual({ width: 20, height: 20 });
    expect((await sharp(short.bytes).metadata()).pages).toBe(12);
    for (const source of [await animation(301, 4, 4), onScreen(await animation(40), 2_000, 1_300)]) {
      const { bytes } = await convert(source);
      expect((await sharp(bytes).metadata()).pages ?? 1).toBe(1);
    }
  });

  it('I2: refuses pixel bombs before it decodes them', async () => {
    const bombs = [pngOf(16_000, 16_000), pngOf(30_000, 30_000), emptyPngOf(60_000, 60_000)];
    for (const bomb of bombs) await expect(convert(bomb)).rejects.toThrow(/pixel limit/);
    await expect(convert(bombs[0] ?? new Uint8Array())).rejects.toBeInstanceOf(BadPayload);
  });

  it('I11: takes 1x1 and very long pictures; no edge is longer than WebP can be', async () => {
    expect(await convert(pngOf(1, 1))).toMatchObject({ width: 1, height: 1 });
    expect(await convert(pngOf(60_000, 3))).toMatchObject({ width: 16_383, height: 1 });
    expect(await convert(pngOf(3, 60_000))).toMatchObject({ width: 1, height: 16_383 });
  });

  it('I6: refuses truncated and damaged pictures', async () => {
    const jpeg = await photo(200, 200).jpeg().toBuffer();
    for (const part of [0.5, 0.99]) {
      const cut = jpeg.subarray(0, Math.floor(jpeg.length * part));
      await expect(convert(cut)).rejects.toBeInstanceOf(BadPayload);
    }
    await expect(
      convert(Buffer.concat([jpeg.subarray(0, 300), Buffer.alloc(jpeg.length - 300)])),
    ).rejects.toBeInstanceOf(BadPayload);
    const png = await photo(200, 200).png().toBuffer();
    await expect(convert(png.subarray(0, png.length / 2))).rejects.toBeInstanceOf(BadPayload);
  });

  it('I7: what is glued to a picture does not survive', async () => {
    const tail = '<?php system($_GET[0]); ?><script>alert(1)</script>PK\u0003\u0004CANARY';
    const jpeg = Buffer.concat([await photo().jpeg().toBuffer(), Buffer.from(tail)]);
    const { bytes } = await convert(jpeg);
    expect(Buffer.from(bytes).includes('CANARY')).toBe(false);
    expect(Buffer.from(bytes).includes('script')).toBe(false);
  });

  it('I4, I10: decodes neither SVG nor TIFF nor anything else, whatever it says', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>';
    const sources = [
      Buffer.from(svg),
      Buffer.from(`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg}`),
      await photo().tiff().toBuffer(),
      Buffer.from('<html><body>no picture</body></html>'),
      Buffer.from('%PDF-1.7\n'),
      Buffer.from('8BPS\u0000\u0001'),
      Buffer.from([0]),
    ];
    for (const source of sources) await expect(convert(source)).rejects.toBeInstanceOf(Unsupported);
  });
});

describe('the child of ImageConverter', () => {
  it('I5: a child that is killed fails its own picture, and the next one gets a new child', async () => {
    await convert(await photo().png().toBuffer());
    const first = converter.childPid;
    const slow = convert(large);
    const next = convert(await photo().png().toBuffer());
    const failed = expect(slow).rejects.toThrow(/ended the image converter/);
    await eventually(() => process.kill(first ?? 0, 'SIGKILL'));
    await failed;
    await expect(slow).rejects.toBeInstanceOf(BadPayload);
    expect(await next).toMatchObject({ width: 64 });
    expect(converter.childPid).not.toBe(first);
  }, 30_000);

  it('I5: a picture that takes too long ends the child, not the worker', async () => {
    const hurried = new ImageConverter({ timeoutMs: 50, wallMs: 60_000 });
    const slow = hurried.convert({ bytes: large, quality: 80 });
    await expect(slow).rejects.toThrow(/took longer than 0.05 s/);
    await expect(slow).rejects.toBeInstanceOf(BadPayload);
    expect(hurried.childPid).toBeUndefined();
    await hurried.stop();
  }, 60_000);

  it('a picture for which the machine had no time is no bad picture: it is tried again', async () => {
    const busy = new ImageConverter({ wallMs: 50 });
    const starved = busy.convert({ bytes: large, quality: 80 });
    await expect(starved).rejects.toBeInstanceOf(Overloaded);
    await expect(starved).rejects.toMatchObject({ disposition: 'retry' });
    expect(busy.childPid).toBeUndefined();
    await busy.stop();
  }, 30_000);

  it('I1: a child that swells ends itself', async () => {
    const narrow = new ImageConverter({ memory: 120 * 1_048_576 });
    await expect(narrow.convert({ bytes: large, quality: 80 })).rejects.toThrow(/out of memory or a crash/);
    await narrow.stop();
  }, 30_000);

  it('is started at first use and ended when idle', async () => {
    const brief = new ImageConverter({ idleMs: 10 });
    expect(brief.childPid).toBeUndefined();
    const { bytes } = await brief.convert({ bytes: await photo().png().toBuffer(), quality: 80 });
    expect(bytes.length).toBeGreaterThan(0);
    await eventually(() => brief.childPid === undefined);
    expect(await brief.convert({ bytes: await photo().png().toBuffer(), quality: 80 })).toMatchObject({ width: 64 });
    await brief.stop();
  });

  it('gives up when its caller does, and refuses work once it is stopped', async () => {
    const stopping = new ImageConverter();
    const abort = new AbortController();
    let began = false;
    const hold = () => () => (began = true);
    const aborted = stopping.convert({ bytes: large, quality: 80 }, { signal: abort.signal, hold });
    await eventually(() => began);
    const pid = await pidOf(stopping);
    abort.abort(new Error('lost the lease'));
    await expect(aborted).rejects.toThrow('lost the lease');
    await eventually(() => !alive(pid));
    const open = stopping.convert({ bytes: large, quality: 80 });
    await pidOf(stopping);
    const refused = expect(open).rejects.toBeInstanceOf(InfrastructureError);
    await stopping.stop();
    await refused;
    await expect(stopping.convert({ bytes: large, quality: 80 })).rejects.toBeInstanceOf(InfrastructureError);
  }, 30_000);

  it('converts several pictures at once, each in a child of its own', async () => {
    const two = new ImageConverter({ size: 2 });
    const files = await Promise.all([photo().png().toBuffer(), photo().jpeg().toBuffer()]);
    const slow = two.convert({ bytes: large, quality: 80 }, { host: 'slow.example.com' });
    let done = false;
    void slow.then(() => (done = true));
    for (const bytes of files) expect(await two.convert({ bytes, quality: 80 })).toMatchObject({ width: 64 });
    expect(done).toBe(false);
    expect(await slow).toMatchObject({ width: 7_000 });
    await two.stop();
  }, 30_000);
});
