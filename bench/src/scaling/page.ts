import {
  type Cost,
  costsOf,
  leastBytes,
  lineRates,
  models,
  rankCounts,
  supposed,
  worthwhile,
  worthwhileShare,
} from './costs';
import { type LineShare, type LinkPoint, type Links, lineShares, predicted } from './links';

/** What makes it again. */
const command = 'npm run bench -- scaling';

/** Of the table that says how many examples ranks need. */
const manyRanks = 64;

/** Memory of machines, in GB. */
const machines = [24, 64, 128, 256] as const;

/** `docs/scaling.md`: the model of cost in numbers, beside what was measured. */
export function scalingPage(links: Links): string {
  return `${[
    '# What more ranks cost',
    `Made by \`${command}\` from sizes, rates and measured points alone: what is written here by hand is lost. How to start ranks ` +
      'is in [Train on several machines](train-on-several-machines.md); `archangel plan --ranks 8` makes one such row for your model, ' +
      'batch and machine.',
    ...introduction(links),
    '## Where it is worth it',
    `The most ranks, as a power of two up to ${rankCounts.at(-1)}, of which each is used to 80 % though nothing overlaps:`,
    markdown(
      ['model', ...lineRates.map((rate) => `${rate} Gbit/s`)],
      models.map((name) => [name, ...lineRates.map((rate) => `${worthwhile(name, rate)}`)]),
    ),
    'The size of the model hardly matters, for computing and sending both grow with it. What matters is how many examples a rank ' +
      `has between two exchanges. So many it needs, as a power of two, for ${manyRanks} ranks to be used to 80 %; the batch is ` +
      `${manyRanks} times as large:`,
    markdown(
      ['model', ...lineRates.map((rate) => `${rate} Gbit/s`)],
      models.map((name) => [name, ...lineRates.map((rate) => `${worthwhileShare(name, manyRanks, rate)}`)]),
    ),
    ...whereItEnds(),
    '## By model',
    `Each line's cell: seconds of communication in a step, their share of it, and the efficiency. Memory is that of a rank's process at its peak, ` +
      'with the optimiser’s state on every rank, and divided among them (`--shard-optimizer`).',
    ...models.flatMap((name) => [`### ${name}`, ofModel(costsOf(name))]),
    ...measured(links),
  ].join('\n\n')}\n`;
}

function introduction({ points }: Links): string[] {
  const shares = lineShares(points).map(({ share }) => share);
  const { batch, tokens, prompt, rates, latencySeconds } = supposed;
  return [
    '## What is supposed',
    `KTO with RMSprop on rows of ${tokens} tokens (prompt ${prompt}), gradient checkpointing, the reference asked before. Batches ` +
      `of ${batch}, as the grid has them, shared by up to ${batch} ranks; more ranks have an example each, so that the batch grows ` +
      `with them: another run, with another learning rate. A rank is a machine that multiplies square matrices at ` +
      `${rates.flopsPerSecond / 1e12} TFLOP/s and goes through memory at ${rates.bytesPerSecond / 1e9} GB/s, which 16 to 32 cores ` +
      `do. A message takes ${latencySeconds * 1e6} µs to arrive, as with TCP on Ethernet.`,
    'With N ranks and P weights that are trained, each rank sends and receives in every step',
    '```text\n2 (N - 1) / N x 4 P bytes\n```',
    'by an all-reduce of the gradients (recursive halving and doubling; a ring sends as much), or, with sharded state (ZeRO, ' +
      'stage 1), by their reduce-scatter and an all-gather of the weights. The time is the α-β model’s: α = the latency, ' +
      '2 ⌈log2 N⌉ times for each piece (2 MB a rank, 64 MB at most) and for each call, and β = the line’s rate less the headers of TCP in frames of 1,500 bytes. It ' +
      'supposes that all lines are as fast, full duplex and used by nobody else, that the switch is not the limit, and that MPI fills ' +
      `lines. Where it was measured, over TCP (below), it reached ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))} of their rate: then a line counts as one ` +
      'of that share.',
    'Efficiency is the time that one rank would take for the same batch, over N times the time of N ranks. Here nothing overlaps, ' +
      'which is the worst case: gradients may travel while those of the last pass are still computed, where the backward pass is ' +
      'cut into several graphs.',
    'Sources: Thakur, Rabenseifner, Gropp, “Optimization of Collective Communication Operations in MPICH”, 2005; Rajbhandari et ' +
      'al., “ZeRO: Memory Optimizations Toward Training Trillion Parameter Models”, 2020.',
  ];
}

function whereItEnds(): string[] {
  const rows = models.map((name) => {
    const costs = costsOf(name);
    const room = machines.map((gigabytes) => {
      const fits = costs.find(({ memory }) => memory.sharded <= gigabytes * 1e9);
      return fits ? `${fits.ranks}` : '–';
    });
    return [name, inGigabytes(leastBytes(name)), inGigabytes((costs.at(-1) as Cost).memory.sharded), ...room];
  });
  return [
    '## Where it ends',
    'Sharding divides the optimiser’s state. Weights and gradients, 8 bytes a weight, stay whole on every rank, and so does what a ' +
      'row keeps for the backward pass. Where these alone exceed a machine, no number of ranks helps. The fewest ranks that fit, by ' +
      'the memory of each machine, if a process may have all of it; – where none do:',
    markdown(
      [
        'model',
        'weights and gradients',
        `a rank of ${rankCounts.at(-1)}`,
        ...machines.map((gigabytes) => `${gigabytes} GB`),
      ],
      rows,
    ),
    machines.map((gigabytes) => `- ${endsOn(gigabytes)}`).join('\n'),
    'What would have to come next, none of which halokit has: sharded gradients (ZeRO, stage 2), which leave 4 bytes a weight and ' +
      '4 / N; sharded weights (stage 3, or FSDP), which leave 8 / N and send half as much again, since every pass gathers the weights; and, where a ' +
      'single layer or its time is too much for a machine, tensor and pipeline parallel. What does fit on smaller machines today is a low-rank adapter on frozen ' +
      'weights in 16 bits: 2 bytes a weight (`--lora.rank 16 --storage float16`), and a few MB on the network.',
  ];
}

function endsOn(gigabytes: number): string {
  const fitting = models.filter((name) => costsOf(name).some(({ memory }) => memory.sharded <= gigabytes * 1e9));
  const beyond = models.filter((name) => !fitting.includes(name));
  if (beyond.length === 0) return `Machines of ${gigabytes} GB: all seven fit.`;
  const words = fitting.length > 0 ? `${list(fitting)} fit${fitting.length === 1 ? 's' : ''}` : 'none fits';
  return `Machines of ${gigabytes} GB: ${words}; data parallel with sharded state ends before ${list(beyond)}.`;
}

function ofModel(costs: readonly Cost[]): string {
  const heading = ['ranks', 'batch', 'memory, whole', 'memory, sharded', 'sent a step'];
  return markdown(
    [...heading, ...lineRates.map((rate) => `${rate} Gbit/s`)],
    costs.map(({ ranks, batch, memory, sentBytes, seconds }) => [
      ...[`${ranks}`, `${batch}`, inGigabytes(memory.whole), inGigabytes(memory.sharded), inGigabytes(sentBytes)],
      ...seconds.map(({ communication, step, efficiency }) => {
        const share = communication / step.apart;
        return `${inSeconds(communication)}, ${percent(share)}, ${percent(efficiency.apart)}`;
      }),
    ]),
  );
}

export function measured({ date, machine, load, cores, shaper, points, hung }: Links): string[] {
  const shares = lineShares(points);
  const errors = errorsOf(shares).map(Math.abs);
  const worst = errors.reduce((most, error) => Math.max(most, error), 0);
  const typical = [...errors].sort((a, b) => a - b)[Math.floor(errors.length / 2)] as number;
  return [
    '## Held against what was measured',
    `All-reduces by \`@halokit/distributed\` between ranks in network namespaces of one machine (${machine}, ${date}), each with an ` +
      `address of its own, on a switch, over lines that ${shaper} holds to a rate. α is that of an all-reduce of one number there. ` +
      'What an all-reduce sends does not fill a line, for libraries send and receive in turns and wait for each other: β is a ' +
      'share of the line’s rate, fitted to the largest array on the slowest line.',
    markdown(
      ['library', 'ranks', 'line', 'array', 'measured', 'share of the rate'],
      shares.map(({ fittedTo, share }) => [...described(fittedTo), percent(share)]),
    ),
    'So fitted, the model is held against the other arrays and lines. Times are medians, with the least and the most.',
    markdown(
      ['library', 'ranks', 'line', 'array', 'measured', 'by the model', 'the model is off by'],
      shares.flatMap(({ share, others }) =>
        others.map((point) => {
          const seconds = predicted(point, share);
          return [...described(point), milliseconds(seconds), signed(seconds / point.seconds - 1)];
        }),
      ),
    ),
    `The median error is ${percent(typical)}, the largest ${percent(worst)}.`,
    ...(load > cores
      ? [
          `**The machine was busy meanwhile, with ${load} programs for ${cores} cores:** ranks and the kernel waited for a core as well as ` +
            'for the line. What is off here says more of that than of the model.',
        ]
      : []),
    ...(hung.length > 0 ? [`No points: ${hung.join('; ')}, where ranks hung each time they were started.`] : []),
  ];
}

/** By how much the model is off for arrays and lines that it was not fitted to. */
export function errorsOf(shares: readonly LineShare[]): number[] {
  return shares.flatMap(({ share, others }) => others.map((point) => predicted(point, share) / point.seconds - 1));
}

function described({ library, ranks, bitsPerSecond, bytes, seconds, range }: LinkPoint): string[] {
  const measured = `${milliseconds(seconds)} (${range.map(number).join(' to ')})`;
  return [library, `${ranks}`, `${bitsPerSecond / 1e6} Mbit/s`, `${bytes / 2 ** 20} MiB`, measured];
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}

function inSeconds(seconds: number): string {
  return `${seconds < 10 ? Number(seconds.toPrecision(2)) : Math.round(seconds)} s`;
}

function milliseconds(seconds: number): string {
  return `${number(seconds)} ms`;
}

function number(seconds: number): string {
  return Number((1000 * seconds).toPrecision(3)).toLocaleString('en-US');
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}

function list(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
