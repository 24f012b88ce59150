import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    backends: readonly string[];
  }
}

/** What results are held against the oracle's on: the engine alone where a run is there to try another device of it. */
export const backends = inject('backends') ?? ['cpu', 'wasm', 'onnxruntime'];
