import { InputError } from '../input_error';
import type { JoinOptions } from './join_ranks';

/**
 * How ranks are joined: `--mpi FILE` and `--patience SECONDS`, which any command takes, or `ARCHANGEL_MPI` and
 * `ARCHANGEL_PATIENCE` in the environment.
 *
 * @returns the other words too
 * @throws InputError for seconds that are none
 */
export function joinOptions(
  args: readonly string[],
  { ARCHANGEL_MPI, ARCHANGEL_PATIENCE }: NodeJS.ProcessEnv = process.env,
): { readonly words: string[]; readonly options: JoinOptions } {
  const words = [...args];
  const [mpi, patience] = ['--mpi', '--patience'].map((name) => taken(words, name));
  const library = mpi ?? (ARCHANGEL_MPI || undefined);
  const seconds = patience ?? (ARCHANGEL_PATIENCE || undefined);
  const where = patience === undefined ? 'ARCHANGEL_PATIENCE' : '--patience';
  if (seconds !== undefined && !(Number(seconds) >= 0)) {
    throw new InputError(`${where} is ${seconds}: make it seconds, 0 for as long as it takes.`);
  }
  const options = {
    ...(library !== undefined && { library }),
    ...(seconds !== undefined && { patience: Number(seconds) }),
  };
  return { words, options };
}

/** Takes `--name value` or `--name=value` out of words. @throws InputError where it has no value */
function taken(words: string[], name: string): string | undefined {
  const place = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
  if (place < 0) return undefined;
  const isJoined = words[place] !== name;
  const [word = '', value = ''] = words.splice(place, isJoined ? 1 : 2);
  const given = isJoined ? word.slice(name.length + 1) : value;
  if (given === '' || given.startsWith('--')) throw new InputError(`${name} stands alone: give it a value.`);
  return given;
}
