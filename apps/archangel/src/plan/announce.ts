import type { ChosenBackend } from '../backend';
import { InputError } from '../input_error';
import { whole } from '../terminal/numbers';
import { deviceInUse } from './device_memory';
import { type Forecast, forecast } from './forecast';
import { processMemory } from './free_memory';
import type { Intent } from './intent';
import { limitsOf, tooSmall } from './limits';
import { remedy } from './plan_text';
import { machineRates } from './probe';
import { gigabytes, shortTime, timeRange } from './units';
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
  asked: Intent,
  backend: ChosenBackend,
  memory: 'refuse' | 'ignore',
  stream: 'auto' | 'always' | 'never',
): Promise<Announced> {
  if (backend.name !== 'onnxruntime') return { streamed: stream === 'always' };
  const memoryHere = processMemory();
  const { resident } = memoryHere;
  const device = deviceInUse(backend.device);
  const limits = limitsOf(memoryHere, device);
  const intent = device ? { ...asked, onGpu: true } : asked;
  const rates = await machineRates();
  const kept = stream === 'always' ? undefined : await forecast(intent, resident, rates);
  // A reference that is asked before takes no more than training does.
  const mayStream = stream === 'auto' && !intent.askedBefore;
  const streamed = kept === undefined || (mayStream && tooSmall(limits, kept) !== undefined);
  const planned = streamed ? await forecast({ ...intent, streamed }, resident, rates) : kept;
  const { steps, seconds, secondsBefore } = planned;
  const short = tooSmall(limits, planned);
  if (short && memory === 'refuse') {
    const flags = (length: number) => `--max-length ${length} --max-prompt-length ${Math.floor(length / 2)}`;
    const fitting = await whatFits({ ...intent, streamed }, limits, resident, flags);
    const whose = short.of === undefined ? 'memory' : `the memory of ${short.of}`;
    throw new InputError(
      `This run needs ${gigabytes(short.needs(planned))} of ${whose} at its most, and ${gigabytes(short.room as number)} are free. ${remedy(fitting)} ` +
        '--memory ignore begins all the same.',
    );
  }
  const before = secondsBefore
    ? `, ${shortTime(secondsBefore.likely)} of it for the reference unless that is known`
    : '';
  const time = seconds ? `, ${timeRange(seconds)} for ${whole(steps)} ${steps === 1 ? 'step' : 'steps'}${before}` : '';
  const memories = limits.map(({ of, room, needs }) => {
    const whose = of === undefined ? 'memory' : `the memory of ${of}`;
    const free = room === undefined ? 'how much it has is not known' : `${gigabytes(room)} free`;
    return `${gigabytes(needs(planned))} of ${whose} at its most (${free})`;
  });
  console.log(`Forecast: ${memories.join(' and ')}${time}`);
  if (kept && streamed) {
    console.log(
      `The reference is read from its checkpoint before the first step: kept beside the model, it would take ${gigabytes(limits[0].needs(kept))} in all.`,
    );
  }
  return { planned, streamed };
}
