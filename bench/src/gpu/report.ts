import { table } from '@halokit/evaluation';
import type { Machine } from '../machine';
import { digits, gigabytes, spread } from '../numbers';
import { type Summary, summary } from '../statistics';
import type { DeviceFacts, TorchFacts } from './device_facts';
import { bestRate, type MeasuredRates } from './measure_rates';
import type { Entry, MeasuredShape } from './measure_shape';
import type { Step } from './protocol';

/** Everything the report says, and with the raw runs everything the JSON file holds. */
export interface Results {
  readonly date: string;
  /** What the report calls the device. */
  readonly name: string;
  readonly device: DeviceFacts;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly torch: TorchFacts;
  readonly torchDevice: string;
  readonly shapes: readonly MeasuredShape[];
  readonly rates: readonly MeasuredRates[];
  /** Of the data sheet, in 10^12 operations a second: float32, and 16 bits. */
  readonly sheet?: readonly [wide: number, narrow: number];
}

/** The results as a person reads them. */
export function report(results: Results): string {
  const { name, device, torch, shapes, rates } = results;
  const title = `KTO on ${name}, ${results.date.slice(0, 10)}`;
  return [
    device.software ? `${title}: a processor in software, which says nothing about any GPU` : title,
    ...('missing' in torch ? [`Without PyTorch: ${torch.missing}.`] : []),
    ...shapes.map((measured) => shapePart(measured, results)),
    ...rates.map(ratesPart),
    closing(results),
  ].join('\n\n');
}

function shapePart({ shape, tokens, flops, entries }: MeasuredShape, results: Results): string {
  const ours = entries.find(({ program, arithmetic }) => program === 'halokit' && arithmetic === 'float32');
  const perStep = mean(tokens);
  const rows = entries.map((entry) => {
    if (entry.missing !== undefined) return [entry.name, entry.missing];
    const seconds = summary(stepSeconds(entry));
    const rate = mean(flops) / seconds.median;
    const { atOnce = Number.NaN, program } = entry;
    return [
      ...[entry.name, spread(seconds), digits(perStep / seconds.median), digits(rate / 1e12)],
      share(rate, results, entry.arithmetic === 'float32'),
      ...memory(entry),
      `${atOnce} ${program === 'halokit' ? 'tokens' : 'rows'}`,
    ];
  });
  const titles = [
    '',
    'seconds a step',
    'tokens/s',
    'TFLOP/s',
    'of the best product',
    'device',
    'tensors',
    'process',
    'at once',
  ];
  const ratios = entries.flatMap((entry) => ratioLine(ours, entry));
  return [
    `${shape.name}: ${shape.answers} answers and ${digits(perStep)} tokens a step on average, ${digits(mean(flops) / 1e12)} TFLOP of useful arithmetic; median of ${ours?.runs.length ?? 0} rounds (least to greatest)`,
    '',
    table(titles, rows),
    ...(ratios.length > 0 ? ['', ...ratios] : []),
    ...firstTimes(ours),
  ].join('\n');
}

/** How many times as long another program takes as ours in float32, round by round. */
export function ratioOf(ours: Pick<Entry, 'runs'>, other: Pick<Entry, 'runs'>): Summary {
  const [own, others] = [stepSeconds(ours), stepSeconds(other)];
  return summary(own.map((seconds, i) => (others[i] as number) / seconds));
}

function ratioLine(ours: Entry | undefined, other: Entry): string[] {
  if (!ours || other === ours || ours.runs.length === 0 || other.runs.length === 0) return [];
  const loss = largestDifference(ours, other);
  return [
    `${other.name}: ${spread(ratioOf(ours, other))} times the time of ${ours.name}; losses differ by at most ${loss.toExponential(1)}.`,
  ];
}

function largestDifference(a: Entry, b: Entry): number {
  const [ours, theirs] = [a, b].map(({ runs }) => runs[0]?.first ?? []);
  return Math.max(...(ours ?? []).map(({ loss }, i) => Math.abs(loss - (theirs?.[i]?.loss ?? Number.NaN))));
}

/** Mean seconds of a step, of each round: of the second time, when all is compiled. */
function stepSeconds({ runs }: Pick<Entry, 'runs'>): number[] {
  return runs.map(({ again }) => mean(again.map(({ seconds }: Step) => seconds)));
}

function memory({ runs }: Entry): string[] {
  const most = (of: (run: Entry['runs'][number]) => number | undefined) => {
    const all = runs.map(of).filter((bytes) => bytes !== undefined);
    return all.length === 0 ? 'not known' : gigabytes(Math.max(...all));
  };
  return [most(({ grownBytes }) => grownBytes), most(({ end }) => end.deviceBytes), most(({ end }) => end.peakBytes)];
}

function share(rate: number, { rates, sheet }: Results, wide: boolean): string {
  const best = bestRate(rates, wide);
  const percent = (of: number) => `${((100 * rate) / of).toFixed(1)} %`;
  const known = best === undefined ? 'not known' : percent(best);
  return sheet ? `${known} (${percent(1e12 * sheet[wide ? 0 : 1])} of the data sheet)` : known;
}

function firstTimes(ours: Entry | undefined): string[] {
  const [run] = ours?.runs ?? [];
  if (!run) return [];
  const once = `The same steps for the first time take halokit ${digits(mean(run.first.map(({ seconds }) => seconds)))} s each`;
  const { engine } = run.end;
  if (!engine) return ['', `${once}.`];
  const { compiles, compileMs, leftToCpu } = engine;
  const graphs = `${compiles} graphs are compiled, in ${digits(compileMs / 1000)} s`;
  return ['', `${once}: ${graphs}, with ${leftToCpu} operators left to the processor.`];
}

function ratesPart({ shape, products, rates }: MeasuredRates): string {
  const best = Math.max(...rates.flatMap(({ flopsPerSecond = [] }) => flopsPerSecond));
  const unit = best >= 1e12 ? 1e12 : 1e9;
  const rows = products.map(({ name, batch, m, k, n }, i) => [
    name,
    `${batch > 1 ? `${batch} x ` : ''}${m} x ${k} x ${n}`,
    ...rates.map(({ flopsPerSecond }) => (flopsPerSecond ? digits((flopsPerSecond[i] as number) / unit) : '')),
  ]);
  const titles = ['', 'm x k x n', ...rates.map(({ name }) => name)];
  return `Products of ${shape}, ${unit === 1e12 ? 'T' : 'G'}FLOP/s\n\n${table(titles, rows)}`;
}

function closing({ device, machine, versions, torch, torchDevice }: Results): string {
  const { adapter, driver } = device;
  const parts = [
    adapter?.name ?? 'an adapter that no driver names',
    ...(adapter?.memoryBytes ? [gigabytes(adapter.memoryBytes)] : []),
    ...(driver ? [`driver ${driver}`] : []),
  ];
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `Device: ${device.device}, ${parts.join(', ')}.`,
    ...('missing' in torch ? [] : [`PyTorch computes on ${torch.gpu ?? torchDevice}.`]),
    `Machine: ${[machine.cpu, `${machine.cores} cores`, gigabytes(machine.memoryBytes), machine.system].join(', ')}.`,
    `Versions: ${all.join(', ')}.`,
  ].join('\n');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
