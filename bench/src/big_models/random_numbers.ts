/** 1 in float16. */
const one = 0x3c00;

/** Above the sign's bit nothing; the exponent of 2^-6. */
const exponent = 9 << 10;

/**
 * Float16 numbers by a formula, as bits: the `index`-th weight's from its `first` number on. Each is between 1/64 and 1/32 in
 * size, of either sign, as large as weights of such models are when training starts; weights of norms are 1. `peer.py` has the same.
 */
export function randomNumbers(name: string, index: number, first: number, target: Uint16Array): void {
  if (/norm\.weight$/.test(name)) {
    target.fill(one);
    return;
  }
  const start = Math.imul(index, 0x85ebca77);
  for (let i = 0; i < target.length; i++) {
    let hash = Math.imul(first + i, 0x9e3779b1) + start;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    target[i] = ((hash >>> 16) & 0x8000) | exponent | ((hash >>> 8) & 0x3ff);
  }
}
