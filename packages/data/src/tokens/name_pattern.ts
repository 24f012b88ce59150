/** Finds any of these names, the longest of those that begin at one place; undefined where there are none. */
export function anyName(names: readonly string[], flags = ''): RegExp | undefined {
  const longestFirst = names.filter((name) => name !== '').sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return undefined;
  return new RegExp(longestFirst.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), flags);
}

/** Cuts a text before and behind each of these names. */
export function nameSplitter(names: readonly string[]): (text: string) => string[] {
  const pattern = anyName(names, 'g');
  if (!pattern) return (text) => (text === '' ? [] : [text]);
  return (text) => {
    const parts: string[] = [];
    let at = 0;
    for (const { 0: name, index } of text.matchAll(pattern)) {
      if (index > at) parts.push(text.slice(at, index));
      parts.push(name);
      at = index + name.length;
    }
    if (at < text.length) parts.push(text.slice(at));
    return parts;
  };
}
