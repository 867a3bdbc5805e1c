/** Puts bits together to the bytes of a JPEG scan. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #pending = '';

  /** @param bits zeros and ones */
  write(bits: string): void {
    this.#pending += bits;
    while (this.#pending.length >= 8) {
      this.#byte(parseInt(this.#pending.slice(0, 8), 2));
      this.#pending = this.#pending.slice(8);
    }
  }

  /** Fills the last byte with ones. */
  end(): Buffer {
    if (this.#pending !== '') this.#byte(parseInt(this.#pending.padEnd(8, '1'), 2));
    this.#pending = '';
    return Buffer.from(this.#bytes);
  }

  #byte(value: number): void {
    this.#bytes.push(value);
    // 0xff would begin a marker: a zero behind it says that it does not.
    if (value === 0xff) this.#bytes.push(0);
  }
}
