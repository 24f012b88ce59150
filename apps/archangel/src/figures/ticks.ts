/**
 * Round numbers that cover a range, about so many of them, from at or below its least to at or above its most.
 *
 * @example
 * ticks(0.1, 0.48, 4); // [0, 0.2, 0.4, 0.6]
 */
export function ticks(least: number, most: number, about: number): number[] {
  const size = Math.max(Math.abs(least), Math.abs(most));
  // Numbers that differ in their last digits alone are one number to the eye.
  const differ = most - least > 1e-6 * size && size > 1e-30;
  const span = differ ? most - least : size > 1e-30 ? size : 1;
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => power * factor >= rough * 0.999) as number);
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(Math.ceil(most / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** `0.048`, `1,234`, `5e-7`: at most so many digits that say something. */
export function shortNumber(value: number, digits = 3): string {
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e6)
      ? value.toExponential(digits - 1).replace(/\.?0*e\+?/, 'e')
      : size >= 1000
        ? Math.round(value).toLocaleString('en-US')
        : String(Number(value.toPrecision(digits)));
  return text.replace('-', '−').replace('e-', 'e−');
}
