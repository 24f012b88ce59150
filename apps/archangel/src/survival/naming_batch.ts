import { type NotFiniteBatch, NotFiniteError, type StepEvent } from '@halokit/trainer';
import { InputError } from '../input_error';
import { agreed, onEveryRank } from '../ranks/agreed';
import { currentRanks } from '../ranks/ranks';
import type { Stage } from '../stages/stage';
import { sayBeside } from '../terminal/progress';
import { writeNotFinite } from './not_finite_file';

/**
 * Hands events on, and writes down every batch whose numbers are not finite: which they are on all ranks in the same step.
 *
 * @throws InputError, naming the file, where such a batch ends the training
 */
export async function* namingBatch(
  events: AsyncIterable<StepEvent>,
  { folder, loss, dataset, decode, keeper }: Pick<Stage, 'folder' | 'loss' | 'dataset' | 'decode' | 'keeper'>,
): AsyncGenerator<StepEvent> {
  const { first } = currentRanks();
  const write = (batch: NotFiniteBatch) =>
    agreed(async () => (first ? await writeNotFinite(folder, loss.name, batch, dataset, decode) : ''));
  try {
    for await (const event of events) {
      if (event.notFinite) {
        const path = await write(event.notFinite);
        sayBeside(`  Step ${event.step} was left out: its numbers are not finite. Its batch is in ${path}.`);
      }
      yield event;
    }
  } catch (error) {
    if (!(error instanceof NotFiniteError)) throw error;
    const path = await write(error.batch);
    const on = keeper
      ? ` Or leave such batches out, from where the run was last saved: ${keeper.goOn} --on-nan skip`
      : '';
    throw onEveryRank(new InputError(`${error.message} The batch is in ${path}.${on}`));
  }
}
