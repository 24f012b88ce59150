import koffi from 'koffi';

/**
 * Inputs of every session are called i0, i1, ..., outputs o0, o1, ...: so one array of C strings serves all sessions.
 * Arrays that were too short are kept, because a run under way may still read them.
 */
class Names {
  private readonly kept: unknown[] = [];
  private length = 0;
  private address = 0n;

  constructor(private readonly prefix: string) {}

  /** Address of an array of at least `count` pointers to names. */
  pointers(count: number): bigint {
    if (count > this.length) this.grow(Math.max(1024, 2 * count));
    return this.address;
  }

  private grow(length: number): void {
    const names = Array.from({ length }, (_, i) => `${this.prefix}${i}\0`);
    const text = new TextEncoder().encode(names.join('')).buffer;
    const start = koffi.address(text);
    let offset = 0;
    const pointers = BigUint64Array.from(names, (name) => {
      const at = start + BigInt(offset);
      offset += name.length;
      return at;
    });
    this.kept.push(text, pointers);
    this.address = koffi.address(pointers.buffer);
    this.length = length;
  }
}

export const inputNames = new Names('i');
export const outputNames = new Names('o');
