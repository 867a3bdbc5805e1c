/** What a browser may show by itself. SVG is not among them: it can run scripts. */
const inlineTypes: Record<string, string> = {
  webp: 'image/webp',
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  avif: 'image/avif',
};

/** The type and disposition that a link to a blob is answered with, by its key alone: what is no picture is downloaded. */
export function contentHeadersOf(key: string): { type: string; disposition: string } {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const [hash = '', extension = ''] = name.split('.');
  const type = inlineTypes[extension];
  if (type !== undefined) return { type, disposition: 'inline' };
  return { type: 'application/octet-stream', disposition: `attachment; filename="${hash.slice(0, 16)}.${extension}"` };
}
