import { gatherTexts } from '@halokit/distributed';
import { currentRanks, type Ranks } from './ranks';
import { workTogether } from './work_together';

/** Errors that every rank knows of and ends by, none of which leaves another waiting. */
const known = new WeakMap<object, { readonly rank: number }>();

/** Of an error that all ranks end by, the rank that it happened on. Undefined for one of this rank alone. */
export function agreedBy(error: unknown): { readonly rank: number } | undefined {
  return typeof error === 'object' && error !== null ? known.get(error) : undefined;
}

/** Marks an error that every rank throws at the same place. */
export function onEveryRank<E extends Error>(error: E, rank = 0): E {
  known.set(error, { rank });
  return error;
}

/**
 * Does work of this rank alone, in which ranks do not meet; or of rank 0 alone, where the others have none. Where it fails on one
 * of them, all of them throw: so that no rank leaves the common path by itself, and the job ends in order.
 *
 * @throws the error of the lowest rank on which the work failed, on the others as one with its name, message and code
 */
export async function agreed<T>(
  work: () => T | Promise<T>,
  ranks: Pick<Ranks, 'communicator' | 'rank'> = currentRanks(),
): Promise<T> {
  const { communicator, rank } = ranks;
  if (!communicator) return work();
  const tried = async () => {
    try {
      return { value: await work() };
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
  const { value: own = { error: new Error('The work was stopped.') } } = await workTogether(tried, {
    signal: never,
    ranks,
  });
  const texts = await gatherTexts(
    communicator,
    'error' in own && own.error ? JSON.stringify(described(own.error)) : '',
  );
  const failed = texts.findIndex((text) => text !== '');
  if (failed < 0) return (own as { value: T }).value;
  if (failed === rank) throw onEveryRank((own as { error: Error }).error, failed);
  const { message, ...rest } = JSON.parse(texts[failed] as string) as Described;
  throw onEveryRank(Object.assign(new Error(message), rest), failed);
}

const never = new AbortController().signal;

type Described = ReturnType<typeof described>;

/** What tells a person, and `explain`, what kind of error it is. */
function described(error: NodeJS.ErrnoException) {
  const { name, message, code, path, syscall } = error;
  return { name, message, code, path, syscall };
}
