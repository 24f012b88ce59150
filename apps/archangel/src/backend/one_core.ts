import { createRequire } from 'node:module';

/** The file that this app's own `import '@tensorflow/tfjs-core'` is: both kinds of import have the same. */
function ours(): string {
  return createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
}

/**
 * The copy of TensorFlow.js's core that a package would use, where that is another than the app's. Two copies share one engine
 * and one list of kernels, but not their classes, nor what each knows of the other's version.
 *
 * tfjs-node asks for the core under its own name, which it does not declare, and through `@tensorflow/tfjs`, which it does.
 *
 * @param main the package's main file
 */
export function otherCore(main: string): { readonly theirs: string; readonly ours: string } | undefined {
  const own = ours();
  const inside = createRequire(main);
  const places = [inside.resolve('@tensorflow/tfjs-core'), coreBehind(inside.resolve('@tensorflow/tfjs'))];
  const theirs = places.find((place) => place !== own);
  return theirs === undefined ? undefined : { theirs, ours: own };
}

function coreBehind(tfjs: string): string {
  return createRequire(tfjs).resolve('@tensorflow/tfjs-core');
}
