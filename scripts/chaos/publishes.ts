import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** The data of a wake-up as MONITOR prints it: JSON inside a quoted string. */
const wakeUp = /\\"task_id\\":\\"([0-9a-f-]{36})\\"/g;

/** Listens to all that clients send to a Redis (MONITOR), and counts the wake-ups that relays publish. */
export class Publishes {
  /** By task. */
  readonly times = new Map<string, number>();
  private constructor(private readonly socket: Socket) {
    createInterface(socket).on('line', (line) => {
      // What scripts call inside repeats what their clients sent.
      if (line.includes(' lua] ')) return;
      for (const [, task = ''] of line.matchAll(wakeUp)) this.times.set(task, (this.times.get(task) ?? 0) + 1);
    });
  }

  /** @param port Of a Redis on loopback. */
  static async watch(port: number): Promise<Publishes> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const publishes = new Publishes(socket);
    socket.write('MONITOR\r\n');
    return publishes;
  }

  /** Tasks that were published so often, or more often. */
  count(times: number): number {
    return [...this.times.values()].filter((each) => each >= times).length;
  }

  stop(): void {
    this.socket.destroy();
  }
}
