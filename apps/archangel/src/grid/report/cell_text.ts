import { shortNumber } from '../../figures/ticks';
import { numberInterval, percentInterval } from '../../terminal/numbers';
import type { Cell, Measured } from './section';
import { differenceText } from './test_words';

/** A cell in words: its mean with the interval, where there is one. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  const { unit, estimate, difference } = cell;
  if (difference && unit !== 'number') return differenceText(estimate, unit);
  if (unit === 'share') return percentInterval(estimate);
  return numberInterval(estimate, unit === 'tokens' ? 1 : 3);
}

/** The runs' own values, of which there are several: `31.2, 33.0, 30.1`. */
export function seedsText({ unit, seeds = [] }: Measured): string {
  if (seeds.length < 2) return '';
  const digit = (value: number) => value.toFixed(1).replace('-', '−');
  return seeds
    .map((value) => (unit === 'share' ? digit(100 * value) : unit === 'tokens' ? digit(value) : shortNumber(value)))
    .join(', ');
}
