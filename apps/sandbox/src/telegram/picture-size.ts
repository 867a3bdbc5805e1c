/** Width and height in pixels of a whole PNG or JPEG; null for anything else, and for one that is cut off. */
export function pictureSize(bytes: Buffer): { width: number; height: number } | null {
  if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') {
    const whole = bytes.length >= 45 && bytes.subarray(-8, -4).toString('latin1') === 'IEND';
    return whole ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : null;
  }
  const whole = bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;
  return whole ? jpegSize(bytes) : null;
}

/** Walks the segments to the frame header (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Buffer): { width: number; height: number } | null {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0;
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}
