import { api, check, made } from './api';
import type { Device } from './device';
import { Handle } from './handle';
import { appendProvider } from './provider';

/** How one session differs from others. */
export interface SessionSettings {
  /** Where its release writes how long each operator took: the beginning of a file's path. */
  readonly profile?: string;
  /** Nodes that the processor computes although the device has a kernel for them, which is wrong or not finished. */
  readonly onCpu?: readonly string[];
}

/**
 * A tall product is computed lying down and then turned (kernels/matmul.ts): the first would undo it. The second makes an
 * array of one number over and over a constant of its session, which stays in memory for as long as the session, beside the
 * arena: 0.5 GB of training steps at 70 M parameters.
 */
const unwantedOptimizers = ['GemmTransposeFusion', 'ConstantFolding'];

/**
 * Options of one session. Each has its own: the sessions of one object would share a provider of WebGPU, which counts
 * itself once and is given back by every session.
 */
export function sessionOptions(device: Device, { profile, onCpu = [] }: SessionSettings = {}): Handle {
  const a = api();
  const options = new Handle(
    'sessionOptions',
    made((out) => a.createSessionOptions(out)),
    a.release.sessionOptions,
  );
  const entry = (key: string, value: string) => check(a.addSessionConfigEntry(options.address, key, value));
  try {
    check(a.disablePerSessionThreads(options.address));
    check(a.disableMemPattern(options.address));
    check(a.setSessionGraphOptimizationLevel(options.address, 99));
    entry('session.use_env_allocators', '1');
    entry('optimization.disable_specified_optimizers', unwantedOptimizers.join(';'));
    if (device.memory) entry('session.record_ep_graph_assignment_info', '1');
    appendProvider(options.address, device, onCpu);
    if (profile !== undefined) check(a.enableProfiling(options.address, profile));
    return options;
  } catch (error) {
    options.release();
    throw error;
  }
}
