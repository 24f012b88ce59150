import { currentDevice } from '../binding/environment';
import type { NativeCall } from '../binding/native_call';
import { NativeTensor } from '../binding/native_tensor';
import { RunOptions } from '../binding/session';
import type { Elements } from '../onnx/element_type';
import { newStatistics, type Statistics } from '../statistics';
import { lostDevice } from './device_failure';
import { driveAsync, driveSync } from './drive';
import { execute, type NativeCalls } from './execute';
import { FailedError } from './failure';
import type { LeftOperator } from './left_to_cpu';
import { type Chunk, planChunks } from './plan';
import { type OperatorTime, Profiler } from './profiler';
import { readyBehind } from './reach';
import { SessionCache } from './session_cache';
import type { Value } from './value';

const sessionCapacity = 1024;

/**
 * Decides what runs and when: values that somebody holds and that are not there yet wait here until a flush, which plans
 * chunks for all of them at once. Flushes run one after the other, in the order in which they were asked for.
 */
export class Scheduler {
  readonly statistics: Statistics = newStatistics();
  /** What the device left to the processor in all that was compiled. */
  readonly left: LeftOperator[] = [];
  private readonly sessions = new SessionCache(sessionCapacity);
  /** Held, and not there yet. */
  private readonly pending = new Set<Value>();
  /** Not held, but there, because a node that was recorded reads them: one that will run, or one that nobody wants. */
  private readonly orphans = new Set<Value>();
  /** Told when the numbers of a value are there, before the flush that computes it has ended. */
  private readonly arrivals = new Map<Value, (() => void)[]>();
  private queue: Promise<void> = Promise.resolve();
  private flushesUnderWay = 0;
  private running?: RunOptions;
  private profiler?: Profiler;

  get busy(): boolean {
    return this.flushesUnderWay > 0;
  }

  /** Somebody holds a value from now on. */
  hold(value: Value): void {
    value.holders++;
    if (value.ready) return;
    this.pending.add(value);
    value.node?.count();
  }

  /**
   * Somebody does not hold it any more. With the last one its memory goes, unless a recorded node reads it that may still
   * run; and if it was never computed, what only it would have needed goes as well.
   */
  letGo(value: Value): void {
    value.holders--;
    if (value.holders > 0) return;
    this.pending.delete(value);
    if (value.tensor && !value.unwanted) this.orphans.add(value);
    const stack = [value];
    for (let next = stack.pop(); next; next = stack.pop()) {
      if (!next.unwanted || next.scheduled) continue;
      if (next.ready) {
        next.free();
        this.orphans.delete(next);
      } else if (next.node?.discount()) stack.push(...next.node.inputs);
    }
  }

  /** Computes all that is held, and `asked` even where that is put off until somebody wants to see it. */
  flush(asked?: Value): Promise<void> {
    const chunks = this.plan(asked);
    if (chunks.length === 0) return this.queue;
    this.flushesUnderWay++;
    const job = this.queue
      .then(() => driveAsync(this.run(chunks)))
      .finally(() => {
        this.flushesUnderWay--;
      });
    this.queue = job.catch(() => {});
    return job;
  }

  /** Computes all that is held, and resolves as soon as this value is there, though other graphs are still to run. */
  async flushUntil(value: Value): Promise<void> {
    const arrived = new Promise<void>((resolve) => {
      this.arrivals.set(value, [...(this.arrivals.get(value) ?? []), resolve]);
    });
    const flushed = this.flush(value).finally(() => this.arrivals.delete(value));
    // Whoever wants what fails later is told then.
    flushed.catch(() => {});
    await Promise.race([arrived, flushed]);
  }

  /** The same, before it returns. It must not be called while `busy`. */
  flushSync(asked?: Value): void {
    const chunks = this.plan(asked);
    if (chunks.length > 0) driveSync(this.run(chunks));
  }

  /** A copy of numbers that are there. From a device they are fetched when nothing else is under way on it. */
  async read(value: Value): Promise<Elements> {
    const copy = value.copy();
    if (copy) return copy;
    if (value.native().local) return value.native().read().sync();
    return await this.whenIdle(() => this.fetched(value).async());
  }

  /** Waits until a device has done all that it was given: things are done in their order, so a number put there last comes back last. */
  async finish(): Promise<void> {
    if (currentDevice().memory === undefined) return;
    await this.whenIdle(async () => {
      const mark = NativeTensor.from(Float32Array.of(0), 'float32', [1]);
      await mark
        .read()
        .async()
        .finally(() => mark.release());
    });
  }

  /** Does something when no run is under way, and has runs wait for it. */
  private whenIdle<T>(action: () => Promise<T>): Promise<T> {
    this.flushesUnderWay++;
    const job = this.queue
      .then(action)
      .catch(rethrowExplained)
      .finally(() => {
        this.flushesUnderWay--;
      });
    this.queue = job.then(
      () => {},
      () => {},
    );
    return job;
  }

  /** The same at once. From a device only where nothing is under way: not while `busy`. */
  readSync(value: Value): Elements {
    return value.copy() ?? this.fetched(value).sync();
  }

  private fetched(value: Value): NativeCall<Elements> {
    const tensor = value.native();
    if (!tensor.local) {
      this.statistics.readBacks++;
      this.statistics.readBackBytes += tensor.bytes;
    }
    return tensor.read();
  }

  /** Whether `readSync` would have to wait. */
  mustWait(value: Value): boolean {
    return this.busy && (!value.ready || value.tensor?.local === false);
  }

  /** Runs a program with ONNX Runtime's profiler on. @throws Error while another is profiled */
  async profile(program: () => Promise<unknown>): Promise<OperatorTime[]> {
    if (this.profiler) throw new Error('A profile is under way: wait for its end.');
    const profiler = new Profiler();
    this.profiler = profiler;
    try {
      await this.flush();
      await program();
      await this.flush();
      return profiler.times();
    } finally {
      this.profiler = undefined;
      profiler.end();
    }
  }

  /** Waits until everything asked for has run. */
  settled(): Promise<void> {
    return this.queue;
  }

  /** Stops the run under way at its next operator. */
  cancel(): void {
    this.running?.terminate();
  }

  /** Releases the sessions, and memory that nobody holds. Nothing must be running. */
  clear(): void {
    for (const value of this.orphans) value.free();
    this.orphans.clear();
    this.pending.clear();
    this.sessions.clear();
  }

  private plan(asked: Value | undefined): Chunk[] {
    const started = performance.now();
    const wanted = new Set<Value>();
    for (const value of this.pending) for (const needed of toCompute(value, asked)) wanted.add(needed);
    if (wanted.size === 0) return [];
    const chunks = planChunks(wanted);
    for (const value of wanted) value.scheduled = value.failure === undefined;
    for (const { nodes, inputs } of chunks) {
      for (const node of nodes) node.count();
      for (const input of inputs) input.claims++;
      this.statistics.nodes += nodes.length;
    }
    this.statistics.flushes++;
    this.statistics.planMs += performance.now() - started;
    return chunks;
  }

  private *run(chunks: readonly Chunk[]): NativeCalls<void> {
    const open = [...chunks];
    const running = new RunOptions();
    this.running = running;
    try {
      for (const chunk of chunks) {
        const missing = chunk.inputs.find((input) => !input.ready);
        // A flush before this one failed to make what this one needs: it will be planned again.
        if (missing?.node) return;
        if (missing) throw new Error('The onnxruntime backend freed numbers that were still needed.');
        const { profiler, statistics, left } = this;
        const sessions = profiler?.sessions ?? this.sessions;
        const options = { sessions, runOptions: running.address, statistics, left, ...(profiler && { profiler }) };
        for (const orphan of yield* execute(chunk, options)) this.orphans.add(orphan);
        open.shift();
        for (const output of chunk.outputs) {
          this.pending.delete(output);
          for (const tell of this.arrivals.get(output) ?? []) tell();
        }
      }
    } catch (error) {
      if (error instanceof FailedError) for (const output of error.node?.outputs ?? []) output.failure = error;
      throw error;
    } finally {
      this.running = undefined;
      running.release();
      for (const chunk of open) abandon(chunk);
      this.sweep();
      this.statistics.sessions = this.sessions.size;
    }
  }

  /** Frees orphans that only nodes read which nobody wants. */
  private sweep(): void {
    if (this.orphans.size === 0) return;
    const needed = readyBehind(this.pending);
    for (const orphan of this.orphans) {
      if (orphan.tensor && (needed.has(orphan) || orphan.claims > 0)) continue;
      orphan.free();
      this.orphans.delete(orphan);
    }
  }
}

function rethrowExplained(error: unknown): never {
  throw lostDevice(String(error)) ?? error;
}

/** What a flush computes of a value that is held: itself, or what stands for it until somebody wants to see it. */
function toCompute(value: Value, asked: Value | undefined): Value[] {
  const open = (x: Value) => !x.ready && !x.scheduled && !x.failure;
  if (!open(value)) return [];
  if (value !== asked && value.node?.options.cheap) return [];
  if (value !== asked && value.sparse) return [value.sparse.ids, value.sparse.rows].filter(open);
  return [value];
}

function abandon({ inputs, outputs }: Chunk): void {
  for (const input of inputs) input.claims--;
  for (const output of outputs) output.scheduled = false;
}
