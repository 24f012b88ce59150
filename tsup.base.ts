import { defineConfig } from 'tsup';

/**
 * How every library is built: ES modules, CommonJS and declarations for each entry of its `exports`.
 * Splitting holds for CommonJS too, or `.` and `/node` would each carry their own copy of a shared class.
 */
export function library(entry: Record<string, string>) {
  return defineConfig({
    entry,
    format: ['esm', 'cjs'],
    dts: true,
    splitting: true,
    clean: true,
    sourcemap: true,
    // CommonJS has no import.meta, which finds files of other packages.
    shims: true,
    target: 'es2022',
  });
}
