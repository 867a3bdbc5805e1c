/** A line in which the keys take turns: whoever brings a hundred waits behind his own ninety-nine, and not everybody behind his. */
export class FairQueue<Item> {
  /** The key whose turn it is comes first. */
  private readonly lines = new Map<string, Item[]>();

  push(key: string, item: Item): void {
    const line = this.lines.get(key);
    if (line) line.push(item);
    else this.lines.set(key, [item]);
  }

  /** Takes the next one whose key `may` have a turn now; its key then goes to the end. */
  take(may: (key: string) => boolean): { key: string; item: Item } | undefined {
    for (const [key, line] of this.lines) {
      if (!may(key)) continue;
      const item = line.shift();
      this.lines.delete(key);
      if (line.length > 0) this.lines.set(key, line);
      if (item !== undefined) return { key, item };
    }
    return undefined;
  }

  /** False when it is not there any more. */
  remove(key: string, item: Item): boolean {
    const line = this.lines.get(key);
    const at = line?.indexOf(item) ?? -1;
    if (at < 0) return false;
    line?.splice(at, 1);
    if (line?.length === 0) this.lines.delete(key);
    return true;
  }

  /** How many would go before one that comes now. */
  ahead(key: string): number {
    const own = this.lines.get(key)?.length ?? 0;
    let sum = own;
    for (const [other, line] of this.lines) if (other !== key) sum += Math.min(line.length, own + 1);
    return sum;
  }

  /** Takes all out. */
  drain(): Item[] {
    const all = [...this.lines.values()].flat();
    this.lines.clear();
    return all;
  }

  get size(): number {
    let size = 0;
    for (const line of this.lines.values()) size += line.length;
    return size;
  }
}
