/** One event of a stream, and the comments that came before it. */
export interface SseFrame {
  id: string;
  event: string;
  data: string;
}

/** Reads Server-Sent Events off an answer, one after the other; null at the end. Frames without data only move the id on. */
export function readSse(answer: Response) {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const seen = { lastId: '', pings: 0 };

  async function next(): Promise<SseFrame | null> {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end === -1) {
        const { done, value } = await reader.read();
        if (done) return null;
        text += decoder.decode(value, { stream: true });
        continue;
      }
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
      seen.lastId = field('id') || seen.lastId;
      if (lines.some((line) => line.startsWith(': ping'))) seen.pings++;
      if (field('data') !== '') return { id: field('id'), event: field('event'), data: field('data') };
    }
  }

  /** The next events' payloads. */
  async function payloads(count: number): Promise<unknown[]> {
    const found: unknown[] = [];
    while (found.length < count) {
      const frame = await next();
      if (!frame) throw new Error(`the stream ended after ${found.length} events`);
      if (frame.event !== 'connected') found.push((JSON.parse(frame.data) as { payload: unknown }).payload);
    }
    return found;
  }

  return { seen, next, payloads, cancel: () => reader.cancel() };
}
