import koffi from 'koffi';
import type { ElementType } from '../onnx/element_type';
import { identityModel } from '../onnx/identity_model';
import { api, made } from './api';
import { environment, whenItEnds } from './environment';
import { Handle } from './handle';
import { inputNames, outputNames } from './names';
import { type NativeCall, nativeCall } from './native_call';
import { sessionOptions } from './session_options';

interface Addressed {
  readonly address: bigint;
}

/** Copies the numbers of one value to another, between a device and the computer's memory. */
export function copyCall(from: Addressed, to: Addressed, type: ElementType): NativeCall<void> {
  return environment().device.copies === 'by the environment'
    ? environmentCopy(from, to)
    : identityCopy(from, to, type);
}

/** By what the environment knows of the device. */
function environmentCopy(from: Addressed, to: Addressed): NativeCall<void> {
  const [source, target] = [listOf(from), listOf(to)];
  const lists = [source, target].map((list) => koffi.address(list.buffer));
  return nativeCall(api().copyTensors, [environment().env, ...lists, 0n, 1n], () => {}, [from, to, source, target]);
}

/** By a graph that hands on what it gets: ONNX Runtime brings inputs to where a graph is computed, and outputs to where they go. */
export function identityCopy(from: Addressed, to: Addressed, type: ElementType): NativeCall<void> {
  const [given, result] = [listOf(from), listOf(to)];
  const names = [inputNames.pointers(1), outputNames.pointers(1)] as const;
  return nativeCall(
    api().run,
    [identity(type), 0n, names[0], koffi.address(given.buffer), 1n, names[1], 1n, koffi.address(result.buffer)],
    () => {},
    [from, to, given, result],
  );
}

const identities = new Map<ElementType, Handle>();

/** The session that hands on numbers of a type. */
function identity(type: ElementType): bigint {
  const known = identities.get(type);
  if (known) return known.address;
  const { env, device } = environment();
  const options = sessionOptions(device);
  try {
    const model = identityModel(type);
    const [start, bytes] = [koffi.address(model.buffer) + BigInt(model.byteOffset), BigInt(model.byteLength)];
    const session = new Handle(
      'session',
      made((out) => api().createSessionFromArray(env, start, bytes, options.address, out)),
      api().release.session,
    );
    if (identities.size === 0) whenItEnds(releaseIdentities);
    identities.set(type, session);
    return session.address;
  } finally {
    options.release();
  }
}

function releaseIdentities(): void {
  for (const session of identities.values()) session.release();
  identities.clear();
}

/** One address, in memory that does not move: shorter arrays lie on V8's heap. */
function listOf({ address }: Addressed): BigUint64Array<ArrayBuffer> {
  const list = new BigUint64Array(16);
  list[0] = address;
  return list;
}
