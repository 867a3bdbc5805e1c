import { connect, type Socket } from 'node:net';

/** A connection on which bytes are sent as they are: what no HTTP client lets us send. */
export interface RawConnection {
  socket: Socket;
  send(text: string): void;
  /** What has arrived so far. */
  received(): string;
  /** Waits until what has arrived contains `text`. */
  until(text: string): Promise<void>;
  /** Waits until the other side hangs up; answers all that arrived. */
  closed: Promise<string>;
}

/** Connects to a local port. The caller destroys the socket. */
export async function rawConnect(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const listeners = new Set<() => void>();
  socket.on('data', (chunk) => {
    text += chunk.toString();
    listeners.forEach((listener) => listener());
  });
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    received: () => text,
    until: (part) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!text.includes(part)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        void closed.then(() => reject(new Error(`hung up before "${part}": ${text}`)));
        look();
      }),
    closed,
  };
}

/** Sends one request and answers everything that came back until the other side hung up. */
export async function rawExchange(port: number, request: string): Promise<string> {
  const connection = await rawConnect(port);
  connection.send(request);
  return connection.closed;
}
