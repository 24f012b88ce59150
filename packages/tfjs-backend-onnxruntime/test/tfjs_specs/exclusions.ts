// Single specs, in files that are claimed, that do not run.
import type { SpecRequest } from './events';

export interface Exclusion {
  readonly reason: string;
  /** For each spec file, which full names of specs. */
  readonly specs: Readonly<Record<string, RegExp>>;
}

const exclusions: readonly Exclusion[] = [
  {
    reason: 'Complex numbers: ONNX Runtime has few operators for them, and none of the models here uses any.',
    specs: {
      'io/io_utils': /Complex64 tensors|Mixed dtype tensors/,
      'ops/abs': /complex64/,
      'ops/add': /complex number|upcasts when dtypes dont match/,
      'ops/arithmetic': /complex number/,
      'ops/clone': /complex64/,
      'ops/concat': /complex input/,
      'ops/ones_like': /complex/,
      'ops/sub': /complex number|upcasts when dtypes dont match/,
      'ops/transpose': /complex64/,
      tensor: /(?<!non-)complex/,
      util: /complex tensor .*tensor to nested array/,
    },
  },
  {
    reason: 'Computing on strings: the backend keeps them and computes on numbers.',
    specs: {
      'ops/concat': /string tensor/,
      'ops/equal': /string comparison/,
      'ops/fill': /fill string/,
      'ops/greater': /string comparison/,
      'ops/greater_equal': /string comparison/,
      'ops/less': /string comparison/,
      'ops/less_equal': /string comparison/,
      'ops/not_equal': /string comparison/,
      'ops/slice': /accepts string/,
      'ops/sparse_to_dense': /string/,
      'ops/stack': /accepts string/,
      'ops/tile': /string tensor/,
      'ops/unstack': /accepts string/,
    },
  },
];

const onWebGpu: readonly Exclusion[] = [
  {
    reason: 'Shaders may be compiled as if no number were NaN or infinite.',
    specs: { 'ops/softmax': /Propagates NaNs/, 'ops/topk': /infinity input/ },
  },
];

/** What does not run on a backend: a module in `backends/`. */
export function exclusionsOf(backend: string): readonly Exclusion[] {
  return backend === 'webgpu' ? [...exclusions, ...onWebGpu] : exclusions;
}

/** The exclusions as the runner takes them. */
export function excludedSpecs(backend: string): SpecRequest['excluded'] {
  const excluded: Record<string, string[]> = {};
  for (const { specs } of exclusionsOf(backend))
    for (const [file, pattern] of Object.entries(specs)) {
      excluded[file] ??= [];
      excluded[file].push(pattern.source);
    }
  return excluded;
}

/** Exclusions that exclude nothing, as `file: pattern`: renamed upstream, or never right. */
export function idleExclusions(
  backend: string,
  excluded: readonly { readonly file: string; readonly spec: string }[],
): string[] {
  return exclusionsOf(backend).flatMap(({ specs }) =>
    Object.entries(specs)
      .filter(([file, pattern]) => !excluded.some((result) => result.file === file && pattern.test(result.spec)))
      .map(([file, pattern]) => `${file}: ${pattern}`),
  );
}
