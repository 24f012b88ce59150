import type { Figure } from './figure';

/** What a figure does not show, or shows against the model, in a sentence. */
export function notShown({ name, estimate, unit, noEffect }: Figure): string | undefined {
  if (noEffect === undefined) return undefined;
  const { value, low, high } = estimate;
  const none = unit === 'share' ? `${100 * noEffect} %` : String(noEffect);
  if (!Number.isFinite(value)) return `${name} could not be measured.`;
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    return `${name} has no interval here, so whether it differs from ${none} (no effect) is open.`;
  }
  if (high < noEffect) return `${name} lies below ${none}, where there would be no effect.`;
  if (low > noEffect) return undefined;
  return `${name} is not distinguishable from ${noEffect === 0.5 ? 'chance' : 'no effect'}: the interval holds ${none}.`;
}
