import type { ChosenBackend } from '../backend';
import { InputError } from '../input_error';
import { whole } from '../terminal/numbers';
import { type Forecast, forecast } from './forecast';
import { processMemory } from './free_memory';
import type { Intent } from './intent';
import { gigabytes, remedy, shortTime, timeRange } from './plan_text';
import { machineRates } from './probe';
import { whatFits } from './what_fits';

/** What was decided before a run begins. */
export interface Announced {
  /** Absent where the memory of what computes is not known. */
  readonly planned?: Forecast;
  /** Whether the reference is read from its checkpoint, layer by layer, rather than kept. */
  readonly streamed: boolean;
}

/**
 * Says what training will take before it begins, where it computes with ONNX Runtime, whose memory the forecast knows.
 *
 * @param memory `ignore` lets a run begin that will probably not fit
 * @param stream whether the reference is streamed; `auto` where a run fits so and not otherwise
 * @throws InputError for a run that needs more memory than there is, with what would fit
 */
export async function announce(
  intent: Intent,
  backend: ChosenBackend,
  memory: 'refuse' | 'ignore',
  stream: 'auto' | 'always' | 'never',
): Promise<Announced> {
  if (backend.name !== 'onnxruntime') return { streamed: stream === 'always' };
  const { room, resident } = processMemory();
  const rates = await machineRates();
  const kept = stream === 'always' ? undefined : await forecast(intent, resident, rates);
  // A reference that is asked before takes no more than training does.
  const mayStream = stream === 'auto' && !intent.askedBefore;
  const streamed = kept === undefined || (mayStream && kept.peakBytes > room);
  const planned = streamed ? await forecast({ ...intent, streamed }, resident, rates) : kept;
  const { peakBytes, steps, seconds, secondsBefore } = planned;
  if (peakBytes > room && memory === 'refuse') {
    const flags = (length: number) => `--max-length ${length} --max-prompt-length ${Math.floor(length / 2)}`;
    const fitting = await whatFits({ ...intent, streamed }, room, resident, flags);
    throw new InputError(
      `This run needs ${gigabytes(peakBytes)} of memory at its most, and ${gigabytes(room)} are free. ${remedy(fitting)} ` +
        '--memory ignore begins all the same.',
    );
  }
  const before = secondsBefore
    ? `, ${shortTime(secondsBefore.likely)} of it for the reference unless that is known`
    : '';
  const time = seconds ? `, ${timeRange(seconds)} for ${whole(steps)} ${steps === 1 ? 'step' : 'steps'}${before}` : '';
  console.log(`Forecast: ${gigabytes(peakBytes)} of memory at its most (${gigabytes(room)} free)${time}`);
  if (kept && streamed) {
    console.log(
      `The reference is read from its checkpoint before the first step: kept beside the model, it would take ${gigabytes(kept.peakBytes)} in all.`,
    );
  }
  return { planned, streamed };
}
