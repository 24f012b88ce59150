import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { main: 'src/main.ts' },
  format: ['esm'],
  clean: true,
  target: 'es2022',
  // An optional dependency, looked for when the app runs; tsup would bundle it.
  external: ['@tensorflow/tfjs-node-gpu'],
});
