import type { Size } from '../alignment/protocol';
import { InputError } from '../input_error';
import { pythia70m, pythia410m } from '../train_step/shape';

/** What is trained, and on how many answers a step. */
export interface GpuShape {
  readonly name: string;
  readonly size: Size;
  readonly answers: number;
  /** What the lengths of HH's rows are divided by. */
  readonly shorter: number;
}

const { vocabulary } = pythia70m;
const pythia1400m = { layers: 24, width: 2048, heads: 16, vocabulary };

function shape(name: string, size: Omit<Size, 'name'>, answers = 32, shorter = 1): GpuShape {
  return { name, size: { name, ...size }, answers, shorter };
}

/** `tiny` shows on any machine that everything runs, and says nothing else. */
const gpuShapes: readonly GpuShape[] = [
  shape('tiny', { layers: 2, width: 64, heads: 2, vocabulary: 512 }, 4, 16),
  shape('pythia-70m', pythia70m),
  shape('pythia-410m', pythia410m),
  shape('pythia-1.4b', pythia1400m),
];

const measuredUnlessTold = ['pythia-410m', 'pythia-1.4b'];

/** @throws InputError for a name that is none */
export function gpuShape(name: string): GpuShape {
  const found = gpuShapes.find((shape) => shape.name === name);
  if (found) return found;
  throw new InputError(`--shape ${name}: gpu has ${gpuShapes.map((shape) => shape.name).join(', ')}.`);
}

export function chosenShapes(names: readonly string[] = measuredUnlessTold): GpuShape[] {
  return names.map(gpuShape);
}
