import type { MachineRates, MemoryParts, SecondsRange, StepWork } from '@halokit/trainer';
import type { PlanConfig } from '../config/plan_config';
import type { Forecast } from './forecast';
import type { Intent } from './intent';
import { type Limit, tooSmall } from './limits';
import type { RanksReport } from './ranks_report';
import type { Fitting } from './what_fits';

/** What `archangel plan` says: bytes and seconds, as JSON has it. */
export interface PlanReport {
  readonly model: {
    readonly name: string;
    readonly parameters: number;
    readonly layers: number;
    readonly width: number;
  };
  readonly method: { readonly name: string; readonly optimizer: string };
  readonly rows: Readonly<Record<'length' | 'prompt' | 'batchSize' | 'microbatch', number>>;
  readonly memory: {
    readonly moment: string;
    readonly parts: MemoryParts;
    /** The process itself, and what the arena, or a graphics processor's allocator, takes and cannot use. */
    readonly overheadBytes: number;
    readonly peakBytes: number;
    /** The graphics processor whose memory this is; absent where it is the process's. */
    readonly of?: string;
    /** What may be had of it here, and what there is in all; absent where nobody says. */
    readonly roomBytes?: number;
    readonly totalBytes?: number;
    readonly fits?: boolean;
  };
  /** Of one step. */
  readonly work: StepWork;
  readonly time?: { readonly rates: MachineRates; readonly step: SecondsRange; readonly thousand: SecondsRange };
  /** What several ranks do between them: the rest is then what one of them holds and computes. */
  readonly ranks?: RanksReport;
  /** What would fit, where this does not. */
  readonly fitting?: Fitting;
  /** How far earlier forecasts were from what was then measured on this machine. */
  readonly past: string;
}

/** Puts together what was found out. */
export function planReport(
  config: PlanConfig,
  intent: Intent,
  planned: Forecast,
  machine: { readonly limits: readonly [Limit, ...Limit[]]; readonly rates?: MachineRates },
  rest: Pick<PlanReport, 'ranks' | 'fitting' | 'past'>,
): PlanReport {
  const { length, batchSize, prompt = defaultPrompt(length) } = config;
  const perExample = 1000 / batchSize;
  const { estimate, seconds } = planned;
  const { memory: peak } = estimate;
  const { of, room, total, needs } = tooSmall(machine.limits, planned) ?? machine.limits[0];
  const peakBytes = needs(planned);
  const { numLayers: layers, hiddenSize: width } = intent.config;
  return {
    model: { name: config.model, parameters: estimate.parameters, layers, width },
    method: { name: intent.loss.name, optimizer: intent.optimizer },
    rows: { length, prompt, batchSize, microbatch: examplesAtOnce(config, intent) },
    memory: {
      ...{ moment: peak.moment, parts: peak.parts, overheadBytes: peakBytes - peak.bytes, peakBytes },
      ...(of !== undefined && { of }),
      ...(room !== undefined && { roomBytes: room, totalBytes: total, fits: peakBytes <= room }),
    },
    work: estimate.work,
    ...(machine.rates &&
      seconds && { time: { rates: machine.rates, step: seconds, thousand: times(seconds, perExample) } }),
    ...rest,
  };
}

/** Tokens of a prompt where nothing is said: half the row. */
export function defaultPrompt(length: number): number {
  return Math.max(1, Math.floor(length / 2));
}

/** The plan's microbatches are cut by examples and by tokens. */
function examplesAtOnce({ length, batchSize, microbatchSize, microbatchTokens }: PlanConfig, { loss }: Intent): number {
  if (loss.wholeBatch) return batchSize;
  const rows = loss.feedback === 'preferences' ? 2 : 1;
  return Math.min(batchSize, microbatchSize, Math.max(1, Math.floor(microbatchTokens / (rows * length))));
}

function times({ likely, low, high }: SecondsRange, by: number): SecondsRange {
  return { likely: likely * by, low: low * by, high: high * by };
}
