import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { cast, full, reshape } from '../../graph/record';
import { scan } from '../../graph/scan';
import type { Value } from '../../graph/value';
import { kernel } from '../kernel';
import { mixedGemm } from '../mixed_products';
import * as op from '../ops';
import { gemm } from '../products';
import { addRows, segmentSum } from '../sparse';
import { vocabularyBlocks } from './vocabulary_blocks';
import { rowsOf, type Storage, stored } from './widen';

// The vocabulary is gone through in blocks of tokens: a block's logits stay in the caches, its part of the vocabulary
// matrix is read where it lies and its part of that matrix's gradient is written where it belongs.

/** Logits that are kept for the backward pass; where there are more, they are computed again. */
const keptBytes = 256 << 20;

interface Inputs {
  readonly hidden: TensorInfo;
  readonly vocabulary: TensorInfo;
  readonly labels: TensorInfo;
}

interface GradInputs extends Inputs {
  readonly dy: TensorInfo;
  readonly logZ: TensorInfo;
  readonly kept: TensorInfo;
}

/** Below every logit. */
const lowest = -3.4028234663852886e38;

/** Rows of the vocabulary matrix as float32. */
function labelRows(vocabulary: Value, labels: Value): Value {
  return wide(rowsOf('HalokitLabelLogps', vocabulary, labels));
}

/** A block is widened when its turn comes. */
function wide(block: Value): Value {
  return cast(block, 'float32');
}

/** Log-probabilities, log Z, and the logits if they are to be kept: in one pass, with the largest logit so far as shift. */
function forward(hidden: Value, vocabulary: Value, labels: Value, training: boolean): [Value, Value, Value] {
  const { type } = hidden;
  const [count] = hidden.shape as [number];
  const keep = training && count * (vocabulary.shape[0] as number) * 4 <= keptBytes;
  const step = ([highest, sum]: readonly Value[], [block]: readonly Value[]) => {
    const logits = gemm(hidden, wide(block as Value), { transB: true });
    const top = op.max(highest as Value, op.reduce('ReduceMax', logits, [1], true));
    const before = op.mul(sum as Value, op.exp(op.sub(highest as Value, top)));
    const now = op.reduce('ReduceSum', op.exp(op.sub(logits, top)), [1], true);
    return { states: [top, op.add(before, now)], results: keep ? [logits] : [] };
  };
  const { blocks, rest } = vocabularyBlocks(vocabulary, count);
  let states: readonly Value[] = [full(lowest, type, [count, 1]), full(0, type, [count, 1])];
  let kept = full(0, type, [0]);
  if (blocks) {
    const scanned = scan(states, [blocks], step);
    states = scanned.states;
    kept = scanned.results[0] ?? kept;
  }
  if (rest) states = step(states, [rest]).states;
  const [highest, sum] = states as [Value, Value];
  const logZ = reshape(op.add(highest, op.log(sum)), [count]);
  const labelLogits = op.reduce('ReduceSum', op.mul(hidden, labelRows(vocabulary, labels)), [1], false);
  return [op.sub(labelLogits, logZ), logZ, kept];
}

interface Saved {
  readonly hidden: Value;
  readonly vocabulary: Value;
  readonly labels: Value;
  readonly logZ: Value;
  readonly kept: Value;
}

/** dh, and dW unless the vocabulary matrix is frozen. */
function gradient(dy: Value, { hidden, vocabulary, labels, logZ, kept }: Saved, frozen: boolean): Value[] {
  const [count, width] = hidden.shape as [number, number];
  const [scale, shift] = [reshape(dy, [count, 1]), reshape(logZ, [count, 1])];
  const negative = op.neg(scale);
  const columns = op.transpose(hidden, [1, 0]);
  const step = ([dh]: readonly Value[], [stored, known]: readonly Value[]) => {
    const block = wide(stored as Value);
    const logits = known ?? gemm(hidden, block, { transB: true });
    const share = op.mul(op.exp(op.sub(logits, shift)), negative);
    const states = [mixedGemm(share, block, { plus: dh as Value })];
    return { states, results: frozen ? [] : [op.transpose(mixedGemm(columns, share), [1, 0])] };
  };
  let states: readonly Value[] = [op.mul(labelRows(vocabulary, labels), scale)];
  const parts: Value[] = [];
  const { blocks, rest } = vocabularyBlocks(vocabulary, count);
  if (blocks) {
    const scanned = scan(states, kept.size > 0 ? [blocks, kept] : [blocks], step);
    states = scanned.states;
    parts.push(...scanned.results.map((dw) => reshape(dw, [dw.size / width, width])));
  }
  if (rest) {
    const last = step(states, [rest]);
    states = last.states;
    parts.push(...last.results);
  }
  if (frozen) return [...states];
  const dw = op.concat(parts, 0);
  const ofLabels = segmentSum(labels, op.mul(hidden, scale), vocabulary.shape[0] as number);
  return [...states, addRows(dw, ofLabels)];
}

/** The vocabulary matrix: float32, or stored in 16 bits. */
function matrixOf(vocabulary: Value, storage: Storage | undefined): Value {
  return storage ? stored(vocabulary, storage) : vocabulary;
}

interface Stored {
  readonly storage?: Storage;
}

export const labelLogpsKernels: readonly KernelConfig[] = [
  kernel<Inputs, Stored & { training: boolean }>('HalokitLabelLogps', ({ inputs, attrs, engine }) =>
    forward(
      engine.value(inputs.hidden),
      matrixOf(engine.value(inputs.vocabulary), attrs.storage),
      engine.value(inputs.labels),
      attrs.training,
    ).map((value) => engine.tensor(value)),
  ),
  kernel<GradInputs, Stored & { frozen: boolean }>('HalokitLabelLogpsGrad', ({ inputs, attrs, engine }) => {
    const value = (name: keyof GradInputs) => engine.value(inputs[name]);
    const saved = {
      hidden: value('hidden'),
      vocabulary: matrixOf(value('vocabulary'), attrs.storage),
      labels: value('labels'),
      logZ: value('logZ'),
      kept: value('kept'),
    };
    return gradient(value('dy'), saved, attrs.frozen).map((result) => engine.tensor(result));
  }),
];
