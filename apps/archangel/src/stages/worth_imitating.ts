import { type Demonstration, type Feedback, type Preference, sftTargets, toDemonstrations } from '@halokit/data';

/**
 * What SFT imitates: chosen or desirable responses, but for those that the set's own loader says are only better than
 * another, and not good.
 */
export function worthImitating(feedback: Feedback): readonly Demonstration[] {
  if (feedback.kind === 'preferences') return sftTargets(feedback.examples as readonly (Preference & Target)[]);
  const examples = feedback.examples.filter((example) => (example as Target).sftTarget !== false);
  return toDemonstrations({ kind: 'binary', examples });
}

type Target = { readonly sftTarget?: boolean };
