import { catalogue } from '@halokit/losses';
import { merge, type Tree } from '../config/flags';
import { suggestion } from '../config/validate';
import { InputError } from '../input_error';
import type { GridConfig, Sweep } from './grid_config';
import type { Cell } from './job';

/** What is measured without being trained further. */
export const unaligned = 'unaligned';

/** A cell of one model, and how it is trained. */
export interface CellPlan extends Cell {
  /** Its folder's name: `sft+kto`, `kto@desirable=10%`. */
  readonly name: string;
  /** Of the loss: `kto`; absent for the model as it is. */
  readonly loss?: string;
  /** What it starts from and refers to. */
  readonly from: 'base' | 'sft';
  /** Keys of `archangel train`, without those that place it. */
  readonly keys: Tree;
  /** The sweep whose labelled answers it is trained on. */
  readonly labels?: string;
}

/**
 * The cells of a model: its methods, then the values of the sweeps.
 *
 * @throws InputError for a method that is none, or one that starts from SFT where there is no SFT
 */
export function cellsOf(config: GridConfig, model: string): CellPlan[] {
  const plain = config.methods.map((method) => ({ ...planOf(config, method, {}), name: method, method }));
  const swept = Object.entries(config.sweeps).flatMap(([name, sweep]) =>
    (sweep.models ?? [model]).includes(model) ? sweptCells(config, name, sweep) : [],
  );
  const cells = [...plain, ...swept];
  const needy = cells.find(({ from }) => from === 'sft');
  if (needy && !config.methods.includes('sft')) {
    throw new InputError(`${needy.name}: starts from SFT. Add "sft" to the methods.`);
  }
  return cells;
}

function sweptCells(config: GridConfig, name: string, { method, values, labels }: Sweep): CellPlan[] {
  return Object.entries(values).map(([value, keys]) => ({
    ...planOf(config, method, keys),
    ...{ name: `${method}@${name}=${value}`, method, sweep: { name, value } },
    ...(labels && { labels: name }),
  }));
}

/** How a method is trained, with some keys of its own on top. */
function planOf(config: GridConfig, method: string, over: Tree): Pick<CellPlan, 'loss' | 'from' | 'keys'> {
  if (method === unaligned) return { from: 'base', keys: {} };
  const afterSft = method.startsWith('sft+');
  const named = afterSft ? method.slice('sft+'.length) : method;
  if (afterSft && named === 'sft') throw new InputError(`methods: "${method}" is SFT twice. Write "sft".`);
  const { method: loss = named, ...keys } = merge(merge(config.train, config.each[named] ?? {}), over);
  requireLoss(String(loss), method);
  return { loss: String(loss), from: afterSft ? 'sft' : 'base', keys };
}

function requireLoss(loss: string, method: string): void {
  if (Object.hasOwn(catalogue, loss) || /[/\\]|\.[cm]?[jt]s$/.test(loss)) return;
  throw new InputError(`methods: "${method}": there is no loss "${loss}".${suggestion(loss, Object.keys(catalogue))}`);
}
