import { table } from '@halokit/evaluation';
import type { MemoryParts } from '@halokit/trainer';
import { whole } from '../terminal/numbers';
import type { PlanReport } from './plan_report';
import { ranksText } from './ranks_text';
import { gigabytes, timeRange } from './units';

const inWords: Readonly<Record<keyof MemoryParts, string>> = {
  weights: 'weights',
  copy: 'the model as it was: reference, comparison',
  optimizer: 'state of the optimiser',
  gradients: 'gradients',
  activations: 'activations, for the backward pass',
  attention: "attention's shares, for the backward pass",
  logits: 'logits, for the backward pass',
  states: 'hidden states of the streamed reference',
  read: 'weights of the streamed reference, as they are read',
  working: 'made and dropped on the way',
};

/** The plan for a terminal or a pipe. */
export function planText({ model, method, rows, memory, work, time, ranks, fitting, past }: PlanReport): string {
  const parts = (Object.keys(inWords) as (keyof MemoryParts)[]).filter((part) => memory.parts[part] > 0);
  const total = memory.peakBytes;
  const line = (name: string, bytes: number) => [name, gigabytes(bytes), `${((100 * bytes) / total).toFixed(0)} %`];
  const paragraphs = [
    `${model.name}: ${whole(model.parameters)} parameters, ${model.layers} layers, width ${model.width}.\n` +
      `${method.name} with ${method.optimizer}: ${rows.batchSize} examples a step, rows of ${rows.length} tokens ` +
      `(prompt ${rows.prompt}), at most ${rows.microbatch} examples at once.`,
    table(
      [ranks ? 'memory of a rank at its most' : 'memory at its most', 'GB = 10^9 bytes', 'share'],
      [
        ...parts.map((part) => line(inWords[part], memory.parts[part])),
        line(
          memory.of === undefined
            ? 'the process itself, and what its allocator cannot use'
            : 'kernels, and what is rounded up or kept free',
          memory.overheadBytes,
        ),
        line('total', total),
      ],
    ),
    `It peaks at ${memory.moment}. ${verdict(memory, fitting)}`,
    ...(time
      ? [
          (ranks
            ? `A rank computes ${timeRange(time.step)} in a step: ${teraflops(work)}. `
            : `A step takes ${timeRange(time.step)}, 1,000 examples ${timeRange(time.thousand)}: ${teraflops(work)}. `) +
            `ONNX Runtime multiplies at ${(time.rates.flopsPerSecond / 1e9).toFixed(0)} GFLOP/s here, and goes through ` +
            `memory at ${(time.rates.bytesPerSecond / 1e9).toFixed(1)} GB/s.`,
        ]
      : [`A step is ${teraflops(work)}; its time is unknown, because ONNX Runtime did not start here.`]),
    ...(ranks ? [ranksText(ranks)] : []),
    past,
  ];
  return paragraphs.join('\n\n');
}

function teraflops({ flops }: PlanReport['work']): string {
  const all = flops.reference + flops.policy + flops.training;
  const share = (part: number) => `${((100 * part) / all).toFixed(0)} %`;
  const parts = [
    flops.reference > 0 && `${share(flops.reference)} for the reference`,
    flops.policy > 0 && `${share(flops.policy)} for the policy without gradient`,
  ].filter(Boolean);
  const split = parts.length > 0 ? `, ${parts.join(', ')}` : '';
  return `${(all / 1e12).toLocaleString('en-US', { maximumSignificantDigits: 3 })} TFLOP${split}`;
}

function verdict(
  { of = 'here', peakBytes, roomBytes, totalBytes = roomBytes }: PlanReport['memory'],
  fitting: PlanReport['fitting'],
): string {
  if (roomBytes === undefined || totalBytes === undefined) return `How much memory ${of} has is not known.`;
  const where = of === 'here' ? of : `on ${of}`;
  const here = `of ${gigabytes(totalBytes)} ${where} ${gigabytes(roomBytes)} are free`;
  if (peakBytes <= roomBytes) return `It fits: ${here}.`;
  return `It does not fit: ${here}. ${remedy(fitting)}`;
}

/** What would fit, as a sentence. */
export function remedy(fitting: PlanReport['fitting']): string {
  if (!fitting) return 'Nothing smaller fits either.';
  return `What would: ${fitting.flags} (${gigabytes(fitting.peakBytes)}).`;
}
