import type { Demonstration, Preference } from '../feedback';

/** The chosen responses as demonstrations, but for pairs whose loader says that another pair of their prompt holds the target. */
export function sftTargets<T extends Preference & { readonly sftTarget?: boolean }>(
  preferences: readonly T[],
): readonly Demonstration[] {
  return preferences
    .filter(({ sftTarget }) => sftTarget !== false)
    .map(({ chosen, rejected: _, margin: __, sftTarget: ___, ...origin }) => ({ ...origin, response: chosen }));
}
