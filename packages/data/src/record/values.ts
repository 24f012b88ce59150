/** Longer texts are no number and no thumb; looked at no further. */
const longest = 40;

/** A finite number, or text that is one, as in CSV; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'bigint') return finite(Number(value));
  if (typeof value !== 'string') return finite(value);
  const text = value.length <= longest ? value.trim() : '';
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? finite(Number(text)) : undefined;
}

const finite = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

const thumbs: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 1, 1n, 'true', '1', 'up'].map((up) => [up, true] as const),
  ...[false, 0, 0n, 'false', '0', 'down'].map((down) => [down, false] as const),
]);

/** What counts as a thumb, for messages: the rest of `field "x" must be `. */
export const thumbRule = (found: string) => `true or false, not ${found} (1 and 0, "up" and "down" will do too)`;

/** true, 1 and "up" are a thumb up; false, 0 and "down" one down; so are their texts in either case; undefined for all else. */
export function thumbOf(value: unknown): boolean | undefined {
  const known = typeof value === 'string' && value.length <= longest ? value.trim().toLowerCase() : value;
  return thumbs.get(known);
}
