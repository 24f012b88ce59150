import type { NativeCall } from '../binding/native_call';
import type { NativeTensor } from '../binding/native_tensor';
import { NativeView } from '../binding/native_view';
import { Session } from '../binding/session';
import type { SessionSettings } from '../binding/session_options';
import type { Statistics } from '../statistics';
import { bindings } from './bindings';
import { fingerprint, modelOf } from './compile';
import { failed, refused } from './failure';
import { inPlace } from './in_place';
import { type LeftOperator, leftOperators } from './left_to_cpu';
import type { Chunk } from './plan';
import type { Profiler } from './profiler';
import type { SessionCache } from './session_cache';
import type { Value } from './value';
import { isView } from './view';

/** Native calls one after the other, each of which gets the result of the one before: made at once or on other threads. */
export type NativeCalls<T> = Generator<NativeCall<unknown>, T, unknown>;

export interface ExecuteOptions {
  readonly sessions: SessionCache;
  /** Where sessions write how long their operators take, while somebody wants to know. */
  readonly profiler?: Profiler;
  readonly runOptions: bigint;
  readonly statistics: Statistics;
  /** Gets what the device leaves to the processor, of every chunk that is compiled. */
  readonly left: LeftOperator[];
}

/**
 * Runs a chunk: after it, its outputs have their numbers, and memory that nobody needs any more is free.
 *
 * @returns inputs and outputs that nobody holds but that a recorded node still reads
 * @throws FailedError that names the operator, when one fails; all values are then as they were
 */
export function* execute(chunk: Chunk, options: ExecuteOptions): NativeCalls<Value[]> {
  const views: NativeView[] = [];
  try {
    const session = yield* sessionFor(chunk, options);
    const inputs = bindings(chunk).map(({ value, of }) => {
      if (!of) return onDevice(value, options.statistics);
      const view = new NativeView(onDevice(of, options.statistics), value.type, value.shape);
      views.push(view);
      return view;
    });
    const donors = inPlace(chunk);
    const outputs = chunk.outputs.map((output) => ({
      type: output.type,
      shape: output.shape,
      into: donors.get(output)?.native(),
    }));
    const started = performance.now();
    const results = (yield session.run(inputs, outputs, options.runOptions)) as (NativeTensor | undefined)[];
    options.statistics.runMs += performance.now() - started;
    options.statistics.runs++;
    options.statistics.inPlace += donors.size;
    return settle(chunk, donors, results);
  } catch (error) {
    throw failed(error, chunk);
  } finally {
    for (const view of views) view.release();
  }
}

/** The numbers where a graph reads them, brought there if nothing else has. */
function onDevice(value: Value, statistics: Statistics): NativeTensor {
  const isThere = value.tensor !== undefined;
  const tensor = value.native();
  if (!isThere && !tensor.local) {
    statistics.uploads++;
    statistics.uploadedBytes += tensor.bytes;
  }
  return tensor;
}

function* sessionFor(chunk: Chunk, { sessions, statistics, profiler, left }: ExecuteOptions): NativeCalls<Session> {
  const key = fingerprint(chunk);
  const known = sessions.get(key);
  if (known) return known;
  const started = performance.now();
  const session = yield* compile(chunk, { ...(profiler && { profile: profiler.fileFor(chunk) }), onCpu: onCpu(chunk) });
  sessions.add(key, session);
  statistics.compiles++;
  statistics.leftToCpu += session.leftToCpu.length;
  left.push(...leftOperators(session.leftToCpu, chunk));
  statistics.compileMs += performance.now() - started;
  return session;
}

/** Names of the nodes that are not to run on a device. */
function onCpu({ nodes }: Chunk): string[] {
  return nodes.flatMap(({ options }, n) => {
    const within = (options.body?.nodes ?? []).flatMap((inner, i) => (inner.options.onCpu ? [`n${n}_${i}`] : []));
    return options.onCpu ? [`n${n}`, ...within] : within;
  });
}

/** @throws FailedError that names the node which ONNX Runtime refuses, when it refuses one */
function* compile(chunk: Chunk, settings?: SessionSettings): NativeCalls<Session> {
  try {
    return (yield Session.create(modelOf(chunk), settings)) as Session;
  } catch (error) {
    if (chunk.nodes.length === 1) throw refused(error, chunk);
    for (const node of chunk.nodes.filter((node) => !isView(node))) {
      const alone = { nodes: [node], inputs: node.inputs.filter(isVariable), outputs: node.outputs };
      (yield* compile({ ...alone, inputs: [...new Set(alone.inputs)] })).release();
    }
    throw error;
  }
}

function isVariable(value: Value): boolean {
  return value.constantKey === undefined;
}

/** Hands the results to their values. */
function settle(
  { nodes, inputs, outputs }: Chunk,
  donors: ReadonlyMap<Value, Value>,
  results: readonly (NativeTensor | undefined)[],
): Value[] {
  outputs.forEach((output, i) => {
    output.free();
    const donor = donors.get(output);
    output.tensor = donor ? donor.tensor : results[i];
    output.scheduled = false;
    if (donor) donor.tensor = undefined;
    if (output.holders > 0) forgetHow(output);
  });
  for (const node of nodes.toReversed()) node.discount();
  for (const input of inputs) input.claims--;
  const unheld = [...inputs, ...outputs].filter((value) => value.holders === 0);
  for (const value of unheld) if (value.unwanted) value.free();
  return unheld.filter((value) => value.tensor);
}

/** What is there and held need not be computed again, so nothing behind it is kept. */
function forgetHow(value: Value): void {
  value.node = undefined;
  value.sparse = undefined;
  value.reshaped = undefined;
  value.narrowed = undefined;
  value.widened = undefined;
}
