import type { MachineRates, SecondsRange } from '@halokit/trainer';
import { merge, type Tree } from '../../config/flags';
import { type PlanConfig, planConfig } from '../../config/plan_config';
import { presetOf } from '../../config/presets';
import { validate } from '../../config/validate';
import { InputError } from '../../input_error';
import { forecast } from '../../plan/forecast';
import type { ProcessMemory } from '../../plan/free_memory';
import type { Intent } from '../../plan/intent';
import { limitsOf } from '../../plan/limits';
import { nominalIntent } from '../../plan/nominal_intent';
import { type Fitting, whatFits } from '../../plan/what_fits';
import { type CellPlan, cellsOf } from '../cells';
import { flagsOf } from '../flags_of';
import type { Grid } from '../grid';
import type { GridConfig } from '../grid_config';
import { plannedModel } from './planned_model';

/** What training a cell takes: once, for each of the seeds. */
export interface PlannedCell {
  readonly model: string;
  /** `sft+kto`, `kto@desirable=10%`. */
  readonly cell: string;
  readonly parameters: number;
  readonly peakBytes: number;
  readonly fits: boolean;
  /** What would fit, where this does not. */
  readonly fitting?: Fitting;
  readonly steps: number;
  /** Absent where ONNX Runtime did not start. */
  readonly seconds?: SecondsRange;
  /** Of the weights that it leaves. */
  readonly diskBytes: number;
}

interface Machine {
  readonly memory: ProcessMemory;
  readonly rates?: MachineRates;
}

/**
 * Memory and time of training every cell, by sizes alone: no model is loaded and no data read. Cells that train on a part of
 * the data are taken for those that train on all of it.
 *
 * @throws InputError where the grid does not say what its data are like
 */
export async function planGrid(
  grid: Grid,
  machine: Machine,
  onCell: (done: number, all: number) => void,
): Promise<PlannedCell[]> {
  const { config, file } = grid;
  if (!config.plan) {
    throw new InputError(`${file}: "plan" is missing: examples, length and prompt, which say what the data are like.`);
  }
  const cells = Object.keys(config.models).flatMap((model) =>
    cellsOf(config, model).flatMap((cell) => (cell.loss === undefined ? [] : [{ model, cell }])),
  );
  // Many cells differ in what is kept of the data alone.
  const known = new Map<string, Promise<Omit<PlannedCell, 'model' | 'cell'>>>();
  const planned: PlannedCell[] = [];
  for (const { model, cell } of cells) {
    const tree = planTree(config, model, cell);
    const key = JSON.stringify(tree);
    const taken = known.get(key) ?? planCell(grid, tree, machine);
    known.set(key, taken);
    planned.push({ model, cell: cell.name, ...(await taken) });
    onCell(planned.length, cells.length);
  }
  return planned;
}

/** Keys of a cell that `archangel plan` knows too. */
function planTree({ plan }: GridConfig, model: string, { loss, keys }: CellPlan): Tree {
  const { preset, ...given } = keys;
  const all = preset === undefined ? given : merge(presetOf('archangel', loss), given);
  const shared = Object.entries(all).filter(([key]) => Object.hasOwn(planConfig.shape, key));
  return { ...Object.fromEntries(shared), model, method: loss, length: plan?.length, prompt: plan?.prompt };
}

async function planCell(
  { config, file }: Grid,
  tree: Tree,
  { memory, rates }: Machine,
): Promise<Omit<PlannedCell, 'model' | 'cell'>> {
  const asked = validate(planConfig, tree, file);
  const intent = await nominalIntent(asked, file, await plannedModel(config, asked.model));
  const { estimate, peakBytes, seconds } = await forecast(intent, memory.resident, rates);
  const fits = peakBytes <= memory.room;
  const fitting = fits
    ? undefined
    : ((await withAdapters(asked, intent, file, memory)) ?? (await smaller(intent, memory)));
  const { examples } = config.plan as NonNullable<GridConfig['plan']>;
  const rows = intent.loss.feedback === 'binary' ? 2 * examples : examples;
  const steps = Math.ceil(rows / asked.batchSize);
  const { parameters } = estimate;
  return {
    ...{ parameters, peakBytes, fits, ...(fitting && { fitting }), steps },
    ...(seconds && { seconds: times(seconds, steps) }),
    diskBytes: 4 * parameters,
  };
}

/** Low-rank adapters on frozen weights in 16 bits, which leave the model what it is. */
async function withAdapters(
  asked: PlanConfig,
  { config }: Intent,
  file: string,
  { room, resident }: ProcessMemory,
): Promise<Fitting | undefined> {
  const leaner = { lora: { rank: 16 }, storage: 'bfloat16', gradientCheckpointing: true } as const;
  const { peakBytes } = await forecast(await nominalIntent({ ...asked, ...leaner }, file, config), resident);
  return peakBytes <= room ? { flags: flagsOf({ train: leaner }).join(' '), peakBytes } : undefined;
}

function smaller(intent: Intent, memory: ProcessMemory): Promise<Fitting | undefined> {
  return whatFits(intent, limitsOf(memory), memory.resident, (length) => `--train.max-length ${length}`);
}

function times({ likely, low, high }: SecondsRange, by: number): SecondsRange {
  return { likely: likely * by, low: low * by, high: high * by };
}
