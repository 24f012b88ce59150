export interface RecentValues<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/**
 * Remembers values by key, the recent ones: of `size` values the older half is forgotten whenever the younger is full, and
 * what was used since stays. Cheaper than to keep an order of use.
 */
export function recentValues<V>(size: number): RecentValues<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  function set(key: string, value: V): void {
    if (young.size >= size / 2) [young, old] = [new Map(), young];
    // A key cut out of a longer text would keep the whole of it in memory.
    young.set(key.split('').join(''), value);
  }
  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const older = old.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
}
