import { readFile } from 'node:fs/promises';
import { InputError } from '../input_error';
import type { RunFacts } from '../record/run_facts';

/**
 * Holds what the numbers of a run that goes on depend on against what they depended on when it began. What may move them by
 * rounding, such as another version or processor, is said.
 *
 * @param path of the run's `run.json`
 * @throws InputError for another model to begin from, or another tokenizer
 */
export async function requireSameFacts(path: string, now: RunFacts): Promise<void> {
  const then: RunFacts = JSON.parse(await readFile(path, 'utf8'));
  for (const what of ['model', 'tokenizer'] as const) {
    if (then.fingerprints[what] === now.fingerprints[what]) continue;
    throw new InputError(
      `${path}: the ${what} has changed since the run began. Put it back as it was, or begin anew with --out.`,
    );
  }
  const ranks = ({ ranks = 1 }: RunFacts) => (ranks === 1 ? 'one rank' : `${ranks} ranks`);
  const changed = [
    ...(ranks(then) === ranks(now) ? [] : [`${ranks(then)} then, ${ranks(now)} now`]),
    ...(then.backend === now.backend ? [] : [`${then.backend} is now ${now.backend}`]),
    ...(then.machine.processor === now.machine.processor ? [] : ['another processor']),
    ...Object.keys({ ...then.versions, ...now.versions })
      .filter((name) => then.versions[name] !== now.versions[name])
      .map((name) => `${name} ${then.versions[name] ?? 'absent'} is now ${now.versions[name] ?? 'absent'}`),
  ];
  if (changed.length > 0) console.log(`Since the run began: ${changed.join(', ')}. Its numbers may round otherwise.`);
}
