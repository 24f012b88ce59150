import {
  type BackendTimingInfo,
  type BackendValues,
  type DataId,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { api } from './binding/api';
import { type ArenaStatistics, arenaStatistics } from './binding/arena_statistics';
import type { Arithmetic, DeviceName } from './binding/device';
import { endEnvironment, environment } from './binding/environment';
import { nativeBytes } from './binding/native_tensor';
import { checkFloat16 } from './float16_probe';
import { fromHost } from './from_host';
import { FailedError } from './graph/failure';
import type { LeftOperator } from './graph/left_to_cpu';
import { isWidening, widened } from './graph/precision';
import type { OperatorTime } from './graph/profiler';
import { reshape } from './graph/record';
import { Scheduler } from './graph/scheduler';
import type { Value } from './graph/value';
import type { Elements } from './onnx/element_type';
import { fromFloat16 } from './onnx/float16';
import type { Statistics } from './statistics';
import { type Compute, TensorRoutine } from './tensor_routine';

/** What stands behind a data id. Texts are kept, but nothing computes with them. */
interface DataRecord {
  references: number;
  readonly value?: Value;
  readonly texts?: BackendValues;
}

/** Results that may be recorded before the backend computes without being asked. */
const patience = 1 << 16;

const backends = new Set<OnnxRuntimeBackend>();

/**
 * Records what TensorFlow.js asks for, and computes it with ONNX Runtime when somebody reads a tensor: `await data()`
 * computes on other threads, `dataSync()` before it returns.
 */
export class OnnxRuntimeBackend extends KernelBackend {
  private readonly records = new DataStorage<DataRecord>(this, engine());
  private readonly held = new Set<Value>();
  private readonly scheduler = new Scheduler();
  /** Results recorded since the last flush. */
  private waiting = 0;
  private disposed = false;

  /** @throws UnavailableError where ONNX Runtime does not load, or the device does not start */
  constructor() {
    super();
    api();
    environment();
    try {
      checkFloat16();
    } catch (error) {
      if (backends.size === 0) endEnvironment();
      throw error;
    }
    backends.add(this);
  }

  /**
   * Starts what was asked for, and ends it again, unless a backend is in use.
   *
   * @throws UnavailableError that says why ONNX Runtime, the device or its arithmetic cannot be used here
   */
  static checkAvailable(): void {
    if (backends.size === 0) new OnnxRuntimeBackend().dispose();
  }

  get statistics(): Statistics {
    return this.scheduler.statistics;
  }

  /** Where graphs are computed. */
  get device(): DeviceName {
    return environment().device.name;
  }

  /** What matrices are multiplied in. */
  get arithmetic(): Arithmetic {
    return environment().arithmetic;
  }

  /** Operators that the device left to the processor, in all graphs compiled so far. Empty where the device is the processor. */
  get leftToCpu(): readonly LeftOperator[] {
    return this.scheduler.left;
  }

  /** What ONNX Runtime's arena has counted: memory of tensors and of running graphs. */
  get arena(): ArenaStatistics {
    return arenaStatistics();
  }

  /** A new tensor with the numbers of a value. */
  tensor(value: Value, shape: readonly number[] = value.shape): TensorInfo {
    // A tensor knows its own shape, and that its numbers are float32, so neither is worth a copy.
    let base = value;
    while (base.node?.op === 'Reshape' || (base.node && isWidening(base.node))) base = base.node.inputs[0] as Value;
    const dataId = {};
    this.keep(dataId, { references: 1, value: base });
    this.recorded();
    return { dataId, shape: [...shape], dtype: value.type as DataType };
  }

  /** The value behind a tensor, in the tensor's shape. */
  value({ dataId, shape, dtype }: TensorInfo): Value {
    const { value } = this.records.get(dataId);
    if (!value) throw new Error(`The onnxruntime backend does not compute with ${dtype} tensors.`);
    return reshape(value.type === 'float16' ? widened(value) : value, shape);
  }

  /** Another tensor with the same numbers, in another shape if one is given. */
  share({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** Computes all that was recorded. Resolves when it is done, or, on a device, when all of it was handed over. */
  async flush(): Promise<void> {
    this.waiting = 0;
    await this.scheduler.flush();
  }

  /** The same, and waits for the device to be done: for whoever measures time. */
  async finish(): Promise<void> {
    await this.flush();
    await this.scheduler.finish();
  }

  /**
   * Runs a program with ONNX Runtime's profiler on, and says where the time went, the longest first. Its graphs are
   * compiled anew, so the times are those of operators and say nothing about compiling.
   *
   * @throws Error while another profile is under way
   * @example
   * const times = await (tf.backend() as OnnxRuntimeBackend).profile(async () => loss.data());
   */
  async profile(program: () => Promise<unknown>): Promise<OperatorTime[]> {
    await this.flush();
    return await this.scheduler.profile(program);
  }

  /**
   * A function of tensors for a loop. It is called once; from then on a call costs next to nothing to describe, however
   * much it computes. It may read other tensors, which must not change, and look at no numbers. There is no gradient.
   *
   * @throws Error, when called, for inputs of other shapes or types than the first ones; for indices among them that are
   * not known to be in range
   * @example
   * const step = backend.routine(([x]) => [tf.tanh(tf.matMul(x, weight))]);
   * for (let i = 0; i < 100; i++) [x] = step.call([x]);
   * step.dispose();
   */
  routine(compute: Compute): TensorRoutine {
    return new TensorRoutine(this, compute);
  }

  /** Stops the run under way; whoever waits for it gets a CancelledError, and no tensor is lost. */
  cancel(): void {
    this.scheduler.cancel();
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType, refCount: number): void {
    if (dtype === 'string') this.records.set(dataId, { references: refCount, texts: values });
    else this.keep(dataId, { references: refCount, value: fromHost(values, shape, dtype) });
  }

  override read(dataId: DataId): Promise<BackendValues> {
    return this.readWhen(dataId, (value) => this.scheduler.flush(value));
  }

  /**
   * The same, and resolves as soon as these numbers are there, while other graphs that were asked for are still to run: for
   * whoever has something to do with one gradient while the next is computed. `dataSync()` may have to be waited for then.
   */
  readEarly(dataId: DataId): Promise<BackendValues> {
    return this.readWhen(dataId, (value) => this.scheduler.flushUntil(value));
  }

  /**
   * A tensor's float32 numbers where they lie, as soon as they are there, for whoever changes them in place: sums them over
   * machines, say. They are good until the tensor is disposed of, and nothing may be computed with it while they change.
   *
   * @returns undefined where another tensor has the same numbers, and where they are not in the memory of this process
   */
  async inPlace(dataId: DataId): Promise<Float32Array | undefined> {
    const record = this.records.get(dataId);
    const { value } = record;
    if (!value) return undefined;
    await this.computed(value, () => this.scheduler.flushUntil(value));
    const isOwn = record.references === 1 && value.holders === 1 && value.type === 'float32';
    return isOwn && value.tensor && isUnread(value) ? value.tensor.inPlace() : undefined;
  }

  private async readWhen(dataId: DataId, computed: (value: Value) => Promise<void>): Promise<BackendValues> {
    const { value, texts } = this.records.get(dataId);
    if (!value) return texts as BackendValues;
    // Whoever reads holds the value, so that disposing of the tensor meanwhile takes nothing from them.
    this.hold(value);
    try {
      await this.computed(value, () => computed(value));
      return asTensorFlow(await this.scheduler.read(value));
    } finally {
      this.letGo(value);
    }
  }

  private async computed(value: Value, compute: () => Promise<void>): Promise<void> {
    while (!value.ready) {
      this.checkReadable(value);
      this.waiting = 0;
      await compute().catch(rethrowUnlessAttributed);
    }
  }

  override readSync(dataId: DataId): BackendValues {
    const { value, texts } = this.records.get(dataId);
    if (!value) return texts as BackendValues;
    while (true) {
      if (!value.ready) this.checkReadable(value);
      if (this.scheduler.mustWait(value)) {
        throw new Error('A run is under way, and dataSync cannot wait for it: await data() instead.');
      }
      if (value.ready) return asTensorFlow(this.scheduler.readSync(value));
      try {
        this.waiting = 0;
        this.scheduler.flushSync(value);
      } catch (error) {
        rethrowUnlessAttributed(error);
      }
    }
  }

  override refCount(dataId: DataId): number {
    return this.records.has(dataId) ? this.records.get(dataId).references : 0;
  }

  override incRef(dataId: DataId): void {
    this.records.get(dataId).references++;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.records.has(dataId)) return true;
    const record = this.records.get(dataId);
    record.references--;
    if (!force && record.references > 0) return false;
    this.records.delete(dataId);
    if (record.value) this.letGo(record.value);
    return true;
  }

  override numDataIds(): number {
    return this.records.numDataIds();
  }

  /** TensorFlow.js adds its own counts; `numBytesNative` is what lies in native memory, intermediate results included. */
  override memory(): { unreliable: boolean; reasons: string[]; numBytesNative: number } {
    return { unreliable: false, reasons: [], numBytesNative: nativeBytes() };
  }

  override timerAvailable(): boolean {
    return true;
  }

  /** The program is called before this returns, since its results are expected by then. */
  override async time(program: () => void): Promise<BackendTimingInfo> {
    if (!this.scheduler.busy) this.scheduler.flushSync();
    const started = performance.now();
    program();
    await this.finish();
    return { kernelMs: performance.now() - started };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  /** Gives everything back: tensors, sessions and, with the last backend, the threads. A run under way is stopped first. */
  override dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    if (this.scheduler.busy) {
      this.cancel();
      void this.scheduler.settled().then(() => this.release());
    } else this.release();
  }

  private release(): void {
    for (const value of this.held) value.free();
    this.held.clear();
    this.scheduler.clear();
    backends.delete(this);
    if (backends.size === 0) endEnvironment();
  }

  private keep(dataId: DataId, record: DataRecord & { readonly value: Value }): void {
    this.records.set(dataId, record);
    this.hold(record.value);
  }

  private hold(value: Value): void {
    this.scheduler.hold(value);
    this.held.add(value);
  }

  private letGo(value: Value): void {
    this.scheduler.letGo(value);
    if (value.holders === 0) this.held.delete(value);
  }

  private checkReadable(value: Value): void {
    if (value.failure) throw value.failure;
    if (this.disposed) throw new Error('The backend was disposed of before this tensor was computed.');
  }

  /** A program that never reads anything would otherwise record for ever. */
  private recorded(): void {
    this.waiting++;
    if (this.waiting < patience || this.scheduler.busy) return;
    this.waiting = 0;
    this.scheduler.flushSync();
  }
}

/** No node reads the value, and no other value has numbers that were made from it. */
function isUnread({ readers, claims, host, reshaped, narrowed, widened }: Value): boolean {
  return readers + claims === 0 && !host && !reshaped?.size && !narrowed && !widened;
}

/** TensorFlow.js knows no float16. */
function asTensorFlow(elements: Elements): BackendValues {
  return (elements instanceof Uint16Array ? fromFloat16(elements) : elements) as BackendValues;
}

/** A failure of a known operator is thrown by whoever reads what needs it, and nobody else. */
function rethrowUnlessAttributed(error: unknown): void {
  if (!(error instanceof FailedError) || !error.node) throw error;
}
