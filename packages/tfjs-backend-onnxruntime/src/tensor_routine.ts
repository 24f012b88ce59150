import { type DataId, engine, type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { recordingFor } from './graph/node';
import { sameShape } from './graph/record';
import { call, type Routine, recordRoutine } from './graph/routine';
import type { Value } from './graph/value';
import { isView } from './graph/view';
import { knownWithin } from './kernels/known_within';

/** What a routine computes: tensors of tensors. */
export type Compute = (inputs: readonly Tensor[]) => readonly Tensor[];

/** What stands behind tensors. */
interface Store {
  tensor(value: Value): TensorInfo;
  value(tensor: TensorInfo): Value;
  disposeData(dataId: DataId): boolean;
}

/** A function of tensors that is called once, and then computed with other tensors of the same shapes. */
export class TensorRoutine {
  private routine?: Routine;
  /** Keeps what the routine reads beside its inputs. */
  private kept: readonly TensorInfo[] = [];

  constructor(
    private readonly backend: Store,
    private readonly compute: Compute,
  ) {}

  /** @throws Error for inputs of other shapes or types than the first, or indices that are not known to be in range */
  call(inputs: readonly Tensor[]): Tensor[] {
    const values = inputs.map((input) => this.backend.value(input));
    const outputs = recordingFor('routine', () => {
      this.routine ??= this.record(values);
      check(this.routine, values);
      return call(this.routine, values);
    });
    return outputs.map((output) => asTensor(this.backend.tensor(output)));
  }

  dispose(): void {
    for (const { dataId } of this.kept) this.backend.disposeData(dataId);
    this.kept = [];
    this.routine = undefined;
  }

  private record(like: readonly Value[]): Routine {
    const { backend, compute } = this;
    const routine = recordRoutine(like, (inputs) => {
      const outputs: Value[] = [];
      tidy(() => {
        const given = inputs.map((input) => asTensor(backend.tensor(input)));
        const results = compute(given);
        outputs.push(...results.map((result) => backend.value(result)));
        // What was made and kept along the way would outlive this. Ids of tensors rise.
        const newest = Math.max(...given.map(({ id }) => id));
        for (const result of results) if (result.id > newest) result.dispose();
      });
      return outputs;
    });
    this.kept = routine.captured.map((value) => backend.tensor(sourceOf(value)));
    return routine;
  }
}

function asTensor(info: TensorInfo): Tensor {
  return engine().makeTensorFromTensorInfo(info);
}

function sourceOf(value: Value): Value {
  return value.node && isView(value.node) ? (value.node.inputs[0] as Value) : value;
}

function check({ body }: Routine, values: readonly Value[]): void {
  body.inputs.forEach(({ type, shape, bound }, i) => {
    const value = values[i];
    if (!value || value.type !== type || !sameShape(value.shape, shape)) {
      const given = value ? `${value.type}[${value.shape}]` : 'missing';
      throw new Error(`Input ${i} of a routine is ${given}, and was ${type}[${shape}] when it was recorded.`);
    }
    if (bound !== undefined && !knownWithin(value, bound)) {
      throw new Error(`Input ${i} of a routine must be known to hold whole numbers in [0, ${bound - 1}].`);
    }
  });
}
