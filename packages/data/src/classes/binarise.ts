import type { Binary, Demonstration, Feedback, Preference } from '../feedback';
import { InputError } from '../input_error';

/** Each pair as two examples: the chosen response desirable, the rejected one undesirable. */
export function toBinary({ kind, examples }: Feedback): readonly Binary[] {
  if (kind === 'binary') return examples;
  return examples.flatMap(({ chosen, rejected, margin: _, ...origin }) => [
    { ...origin, response: chosen, desirable: true },
    { ...origin, response: rejected, desirable: false },
  ]);
}

/** What is worth imitating: chosen or desirable responses, but for those that are only better than another. */
export function toDemonstrations({ kind, examples }: Feedback): readonly Demonstration[] {
  const isTarget = ({ sftTarget }: Preference | Binary) => sftTarget !== false;
  if (kind === 'preferences') {
    return examples
      .filter(isTarget)
      .map(({ chosen, rejected: _, margin: __, ...origin }) => ({ ...origin, response: chosen }));
  }
  return examples.filter((e) => e.desirable && isTarget(e)).map(({ desirable: _, ...rest }) => rest);
}

/** The pairs. @throws InputError for binary feedback, which has none */
export function toPreferences({ kind, examples }: Feedback): readonly Preference[] {
  if (kind === 'preferences') return examples;
  throw new InputError(
    `${examples[0]?.source ?? 'The data'}: holds single responses with a thumb up or down, but this method compares ` +
      'pairs { prompt, chosen, rejected }. Use kto, which needs no pairs.',
  );
}

/** @throws InputError when there are no examples, or all are of one class, from which nothing can be told apart */
export function requireBothClasses(examples: readonly Binary[]): void {
  const desirable = examples.filter((example) => example.desirable).length;
  if (desirable > 0 && desirable < examples.length) return;
  if (examples.length === 0) throw new InputError('There are no examples. Give some of both classes.');
  const only = desirable > 0 ? 'desirable' : 'undesirable';
  throw new InputError(
    `${examples[0]?.source ?? 'The data'}: all ${examples.length} examples are ${only}. Add examples of the other class.`,
  );
}
