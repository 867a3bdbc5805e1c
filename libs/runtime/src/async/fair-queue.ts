/** So many keys are remembered that have had more than their share. */
const maxKnown = 1_000;

/**
 * A line in which keys have equal shares of what jobs cost, not of their number: the next one is of the key that has had least.
 * Start-time fair queueing (Goyal, Vin, Cheng 1996): each key has a virtual time, which its jobs move on by what they cost. A key that was away
 * has saved nothing up: it begins at the time of the queue. That goes on with all work that is done, so that nobody waits for ever behind
 * keys that are always new.
 */
export class FairQueue<Item> {
  private readonly lines = new Map<string, Item[]>();
  /** The virtual times of keys that are ahead of the queue's: milliseconds. */
  private readonly times = new Map<string, number>();
  private now = 0;

  push(key: string, item: Item): void {
    this.lineOf(key).push(item);
  }

  /** Before all others of its key: for one that had its turn and gave it back. */
  unshift(key: string, item: Item): void {
    this.lineOf(key).unshift(item);
  }

  /** Takes the next one that `may` have a turn now: of each key, the first in line is asked for. */
  take(may: (item: Item) => boolean): Item | undefined {
    let next: { key: string; line: Item[]; time: number } | undefined;
    for (const [key, line] of this.lines) {
      const [first] = line;
      const time = this.timeOf(key);
      if (first !== undefined && (next === undefined || time < next.time) && may(first)) next = { key, line, time };
    }
    const item = next?.line.shift();
    if (!next || item === undefined) return undefined;
    this.now = Math.max(this.now, next.time);
    // Among equals, those go first that have waited since.
    this.lines.delete(next.key);
    if (next.line.length > 0) this.lines.set(next.key, next.line);
    return item;
  }

  /** Counts what a key has had, or is about to have: milliseconds. Less than nothing takes back what was counted too much. */
  charge(key: string, ms: number): void {
    const time = this.timeOf(key) + ms;
    this.times.delete(key);
    this.times.set(key, time);
    if (this.times.size > maxKnown) this.forget();
  }

  /** Work of so many milliseconds was done for anybody: the time of the queue goes on by the share of each key. */
  worked(ms: number): void {
    this.now += ms / (this.lines.size + 1);
  }

  /** False when it is not there any more. */
  remove(key: string, item: Item): boolean {
    const items = this.lines.get(key);
    const at = items?.indexOf(item) ?? -1;
    if (at < 0) return false;
    items?.splice(at, 1);
    if (items?.length === 0) this.lines.delete(key);
    return true;
  }

  /** What would go before one that comes now, by what `costOf` says of an item. */
  ahead(key: string, costOf: (item: Item) => number): number {
    const own = this.lines.get(key)?.length ?? 0;
    let sum = 0;
    for (const [other, items] of this.lines)
      for (const item of other === key ? items : items.slice(0, own + 1)) sum += costOf(item);
    return sum;
  }

  /** How many wait of whom this is true. */
  count(isTrue: (item: Item) => boolean): number {
    let count = 0;
    for (const items of this.lines.values()) count += items.filter(isTrue).length;
    return count;
  }

  /** Takes all out. */
  drain(): Item[] {
    const all = [...this.lines.values()].flat();
    this.lines.clear();
    return all;
  }

  private lineOf(key: string): Item[] {
    const line = this.lines.get(key) ?? [];
    this.lines.set(key, line);
    return line;
  }

  private timeOf(key: string): number {
    return Math.max(this.now, this.times.get(key) ?? 0);
  }

  /** Those that are not ahead any more, and if these are too few, the one that was heard of least recently. */
  private forget(): void {
    for (const [key, time] of this.times) if (time <= this.now) this.times.delete(key);
    const [oldest] = this.times.size > maxKnown ? this.times.keys() : [];
    if (oldest !== undefined) this.times.delete(oldest);
  }
}
