import type { GridModel } from '../results/grid_results';

/** `0.21 M`, `1.4 B`. */
export function sizeText(parameters: number): string {
  const [size, unit] = parameters >= 1e9 ? [parameters / 1e9, 'B'] : [parameters / 1e6, 'M'];
  return `${size >= 10 ? size.toFixed(0) : size.toPrecision(2)} ${unit}`;
}

/** As in a table. */
export function modelText({ name, parameters }: GridModel): string {
  return `${name}, ${sizeText(parameters)}`;
}

/** As on an axis, where there is room for little: in two lines. */
export function axisText({ family, parameters }: GridModel): string {
  return `${family}\n${sizeText(parameters)}`;
}

/** Places at which another family begins. */
export function familyBreaks(families: readonly string[]): number[] {
  return families.flatMap((family, i) => (i > 0 && family !== families[i - 1] ? [i] : []));
}
